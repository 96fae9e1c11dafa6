"""What an import keeps of former states: of every table that it writes, no longer than a week, and of nobody erased."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts import operations, privacy
from apps.accounts.models import User
from apps.customers.models import Company
from apps.integrations import tasks
from apps.integrations.imports import undoing, working
from apps.integrations.models import Import, LedgerLine
from apps.integrations.vocabulary import State
from tests.integrations.imports import EVERY_KIND, Imports, content

pytestmark = pytest.mark.django_db

COMPANIES = [["external_id", "name"], ["1", "青葉フーズ"], ["2", "山田商店"]]
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.fixture
def imports(tmp_path, db):
    return Imports(tmp_path)


def lines_of(import_):
    return LedgerLine.objects.filter(import_of=import_).count()


# ── no longer than it can be undone ────────────────────────────────────────────────────────────────


def test_the_lines_go_when_the_import_cannot_be_undone_any_more(imports):
    import_ = imports("companies", COMPANIES)

    working.forget_ledgers(now=import_.ended_at + WEEK)
    before = (undoing.until(import_, at=import_.ended_at + WEEK) is not None, lines_of(import_))
    working.forget_ledgers(now=import_.ended_at + WEEK + SECOND)

    assert before == (True, 2)
    assert lines_of(import_) == 0
    assert Company.objects.count() == 2


def test_the_sweep_forgets_them_of_the_old_import_only(imports):
    old, new = imports("companies", COMPANIES), imports("companies", [["external_id", "name"], ["3", "新"]])
    Import.objects.filter(pk=old.pk).update(ended_at=timezone.now() - WEEK - SECOND)

    tasks.sweep_imports.apply(headers={"_schema_name": "t_alpha"}, throw=True).get()

    assert (lines_of(old), lines_of(new)) == (0, 1)


@pytest.mark.parametrize("state", [State.RUNNING, State.UNDOING])
def test_the_lines_of_an_import_at_work_stay(imports, state):
    import_ = imports("companies", COMPANIES)
    Import.objects.filter(pk=import_.pk).update(state=state, by=imports.admin)

    working.forget_ledgers(now=timezone.now() + WEEK + WEEK)

    assert lines_of(import_) == 2


def test_those_of_a_command_that_was_killed_go_a_week_after_it_began(imports):
    import_ = imports("companies", COMPANIES)
    Import.objects.filter(pk=import_.pk).update(state=State.RUNNING, ended_at=None)

    working.forget_ledgers(now=import_.created_at + WEEK)
    before = lines_of(import_)
    working.forget_ledgers(now=import_.created_at + WEEK + SECOND)

    assert (before, lines_of(import_)) == (2, 0)
    with pytest.raises(undoing.CannotUndo, match="7日を過ぎた"):
        imports.undo(import_, at=import_.created_at + WEEK + SECOND)


def test_what_an_undo_had_to_keep_goes_too(imports):
    import_ = imports("companies", COMPANIES)
    Company.objects.filter(external_id="1").update(note="x")
    imports.undo(import_)
    import_.refresh_from_db()
    before = lines_of(import_)

    working.forget_ledgers(now=import_.ended_at + WEEK + SECOND)

    assert (before, lines_of(import_)) == (1, 0)


# ── of a person ────────────────────────────────────────────────────────────────────────────────────

NAME, EMAIL = "葛葉 珠緒", "kuzunoha@test.example"


@pytest.fixture
def renamed(imports):
    """An import that wrote another name over that of somebody who is here."""
    imports("users", [["external_id", "name", "email"], ["u1", NAME, EMAIL]])
    person = User.objects.get(external_id="u1")
    import_ = imports("users", [["external_id", "name", "team"], ["u1", "葛の葉 珠緒", "一課"]])
    return person, import_


def test_the_disclosure_tells_the_former_states_without_keys(renamed):
    person, import_ = renamed

    told = privacy.disclosed(User.objects.get(pk=person.pk))["integrations.ledgerline"]

    of_the_person = [line["before"] for line in told if line["table"] == "accounts_user" and line["before"]]
    assert [(before["name"], before["email"]) for before in of_the_person] == [(NAME, EMAIL)]
    assert {name for before in of_the_person for name in before} & privacy.SECRET == set()
    assert {line["import_of_id"] for line in told} >= {import_.pk}


def test_the_disclosure_tells_former_states_that_name_the_person_and_no_others(imports):
    imports("users", [["external_id", "name"], ["u1", NAME], ["u2", "安倍 保名"]])
    one, other = User.objects.get(external_id="u1"), User.objects.get(external_id="u2")
    deal = ["external_id", "company", "owner"]
    imports("deals", [deal, ["d1", "青葉", NAME]])
    imports("deals", [deal, ["d1", "青葉", "安倍 保名"]])

    def tables_about(user):
        return sorted(LedgerLine.about(user.pk).values_list("table", flat=True))

    assert tables_about(one) == ["accounts_user", "deals_deal"]  # the deal was theirs before
    assert tables_about(other) == ["accounts_user"]


def test_nothing_of_an_erased_person_is_left_in_the_ledger_nor_brought_back(renamed, imports):
    person, import_ = renamed
    deed = {"by": imports.admin, "at": timezone.now()}
    operations.erase_person(operations.deactivate_user(User.objects.get(pk=person.pk), **deed), **deed)

    left = json.dumps(list(LedgerLine.objects.values_list("before", flat=True)), ensure_ascii=False)
    undone = imports.undo(import_)

    assert NAME not in left
    assert EMAIL not in left
    assert undone.restored == 0
    assert User.objects.get(pk=person.pk).name == f"消去した人 {person.pk.hex[-6:]}"


# ── every table ────────────────────────────────────────────────────────────────────────────────────

FOLLOWS = {"activities_daytally", "deals_dealstate", "deals_milestone"}
"""Written anew from what is watched: an undo does so, too."""


def watched(schema):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(tgname::text ORDER BY tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE tgname LIKE 'ledger\\_%%' AND tgenabled <> 'D' AND relnamespace = %s::regnamespace GROUP BY relname",
            [schema],
        )
        return dict(cursor.fetchall())


def test_every_table_that_an_import_writes_is_watched(imports):
    """A new table that imports write is watched by a migration: SELECT integrations_watch('app_table')."""
    before = content()
    for kind, rows in EVERY_KIND:
        imports(kind, rows)
        assert imports.outcome.code == 0

    after = content()
    written = {table for table in after if after[table] != before[table]}

    assert written - watched("t_alpha").keys() == FOLLOWS
    assert set(map(tuple, watched("t_alpha").values())) == {
        ("ledger_delete", "ledger_insert", "ledger_update")
    }


def test_every_tenant_watches_the_same(alpha, beta):
    assert watched("t_alpha") == watched("t_beta")
    assert len(watched("t_alpha")) == 13
