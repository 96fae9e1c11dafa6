from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from apps.accounts import operations, permissions
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Act, Relation, Role
from apps.base.refusal import Forbidden
from tests import factories

PRINTED = Path(__file__).parents[2] / "docs/permissions.md"


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


def test_the_printed_table_is_the_present_one():
    assert PRINTED.read_text() == permissions.as_markdown(), (
        "docs/permissions.md is stale; refresh it with: python manage.py print_permissions > docs/permissions.md"
    )


def test_every_act_has_its_line_in_the_table():
    assert permissions.TABLE.keys() == set(Act)


def test_a_rep_may_do_their_own_work_and_what_nobody_looks_after(rep, colleague):
    asked = [rep.pk, None, colleague.pk]

    assert [permissions.may(rep, Act.KEEP_DEALS, who) for who in asked] == [True, True, False]


def test_a_manager_reaches_those_of_the_own_team_and_of_its_sub_teams(manager, rep, stranger, team):
    below = factories.make_team(parent=factories.make_team(parent=team))
    far_down = factories.make_user(Role.FIELD_SALES, team=below)
    asked = [manager, rep, far_down, stranger]

    assert [permissions.may(manager, Act.KEEP_DEALS, who.pk) for who in asked] == [True, True, True, False]


def test_a_manager_does_not_reach_up(team, manager):
    above = factories.make_team()
    operations.change_team(team, name=team.name, parent=above, **deed())
    boss = factories.make_user(Role.MANAGER, team=above)

    assert not permissions.may(manager, Act.KEEP_DEALS, boss.pk)
    assert permissions.may(boss, Act.KEEP_DEALS, manager.pk)


def test_a_manager_without_a_team_reaches_only_their_own(db, rep):
    alone = factories.make_user(Role.MANAGER)

    assert [permissions.may(alone, Act.KEEP_DEALS, who.pk) for who in (alone, rep)] == [True, False]


def test_who_left_the_team_is_out_of_the_managers_reach_from_that_day_on(manager, rep):
    operations.move_to_team(rep, team=None, from_on=timezone.localdate(), **deed())

    assert not permissions.may(manager, Act.KEEP_DEALS, rep.pk)


def test_who_leaves_tomorrow_is_still_in_reach(manager, rep):
    operations.move_to_team(rep, team=None, from_on=timezone.localdate() + timedelta(days=1), **deed())

    assert permissions.may(manager, Act.KEEP_DEALS, rep.pk)


def test_being_in_a_managers_team_without_the_role_leads_nobody(colleague, rep):
    assert not permissions.may(colleague, Act.SET_GOALS, rep.pk)


def test_an_admin_reaches_everybody(admin, rep):
    assert permissions.may(admin, Act.KEEP_DEALS, rep.pk)


def test_nobody_reports_a_visit_for_another_not_even_an_admin(admin, manager, rep):
    assert [permissions.may(who, Act.REPORT_VISITS, rep.pk) for who in (admin, manager, rep)] == [
        False,
        False,
        True,
    ]


def test_the_widest_of_several_roles_counts(db):
    both = factories.make_user(Role.EXECUTIVE, Role.FIELD_SALES)

    assert permissions.reach(both, Act.KEEP_DEALS) == Relation.OWN
    assert permissions.reach(both, Act.SET_GOALS) is None


def test_someone_without_a_role_only_looks_and_keeps_what_is_their_own(db):
    looker = factories.make_user()

    acts = [act for act in Act if permissions.may(looker, act)]

    assert acts == [Act.KEEP_OWN_ACCOUNT, Act.END_LOGINS, Act.KEEP_VIEWS, Act.EXPORT_LISTS]


def test_the_machine_may_do_everything(db, rep):
    assert [act for act in Act if not permissions.may(SYSTEM, act, rep.pk)] == []


def test_handing_work_to_whom_one_does_not_lead_is_refused(rep, colleague):
    company = factories.make_company()

    with pytest.raises(Forbidden):
        factories.deals.open_deal(company=company, owner=colleague, by=rep, at=timezone.now())


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(logged_in, admin):
    second = factories.make_user(Role.ADMIN)
    browser = logged_in(second)
    before = browser.get("/settings/users/").status_code

    operations.change_user(second, name=second.name, email=second.email, roles=[], **deed())

    assert (before, browser.get("/settings/users/").status_code) == (200, 403)
