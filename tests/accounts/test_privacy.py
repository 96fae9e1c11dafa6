"""What is kept about a person: told, and erased so that only the figures stay."""

import csv
import json
from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.accounts import operations, privacy
from apps.accounts.models import SYSTEM, User
from apps.accounts.vocabulary import Role
from apps.activities.models import Follow
from apps.base.month import Month
from apps.goals import operations as goals
from apps.journal.models import Entry
from apps.mail import operations as mail
from apps.mail.models import Message
from tests import factories

NAME, READING, EMAIL = "葛葉 珠緒", "くずのは たまお", "kuzunoha@test.example"


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


@pytest.fixture
def person(team, admin):
    """Somebody who has left traces everywhere."""
    person = factories.make_user(Role.FIELD_SALES, name=NAME, team=team, email=EMAIL)
    operations.change_user(person, name=NAME, reading=READING, email=EMAIL, roles=person.roles, **deed())
    person.refresh_from_db()
    factories.make_follow(person)
    factories.make_deal(person, plan="標準")
    month = Month.of(date(2026, 10, 1))
    goals.set_monthly_goal(person, month=month, targets={"sales": 1}, benchmarks={}, **deed())
    operations.choose_language(person, language="en", by=person, at=timezone.now())
    operations.make_token(person, name="連携", by=person, at=timezone.now())
    operations.ask_for_password(email=EMAIL, ip_address=None, **deed())
    for key, to in (("own", EMAIL), ("other", admin.email)):
        sent = mail.post(key=key, to=to, subject=f"{NAME}さん", text=f"{NAME}さんの件")
        Message.objects.filter(pk=sent.pk).update(sent_at=timezone.now())
    mail.post(key="waiting", to=EMAIL, subject="まだ", text="まだ")
    return person


@pytest.fixture
def stopped(person):
    return operations.deactivate_user(person, **deed())


def traces():
    """Every table of the tenant in which the name, the reading or the address still stands."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute("SELECT to_regclass(%s)", [f"{connection.schema_name}.{table}"])
            if cursor.fetchone()[0] is None:
                continue
            cursor.execute(
                f'SELECT count(*) FROM "{connection.schema_name}"."{table}" AS t WHERE t::text ~* %s',
                [f"{NAME}|{READING}|{EMAIL}"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return sorted(found)


def test_before_it_the_traces_are_everywhere(person):
    assert traces() == ["accounts_passwordasked", "accounts_user", "journal_entry", "mail_message"]


def test_erasing_leaves_no_trace_of_the_name_nor_of_the_address(stopped):
    operations.erase_person(stopped, **deed())

    assert traces() == []


def test_what_was_done_stays_counted(stopped):
    operations.erase_person(stopped, **deed())

    assert Follow.objects.filter(owner=stopped).count() == 1


def test_what_waits_to_be_sent_is_not_sent_any_more(stopped):
    operations.erase_person(stopped, **deed())

    assert Message.objects.filter(key="waiting").exists() is False


def test_a_namesake_keeps_the_name_in_mails(stopped, admin):
    factories.make_user(name=NAME)

    operations.erase_person(stopped, **deed())

    assert Message.objects.get(key="other").subject == f"{NAME}さん"


def test_erasing_again_changes_nothing_and_after_a_restore_it_erases_anew(stopped, alpha):
    once = operations.erase_person(stopped, **deed()).name
    twice = operations.erase_person(stopped, **deed()).name
    User.objects.filter(pk=stopped.pk).update(name=NAME, email=EMAIL, deactivated_at=None)

    connection.leave()
    call_command("erase_person", alpha.slug, str(stopped.pk), stdout=StringIO())
    connection.set_tenant(alpha)

    assert (once, twice, traces()) == (once, once, [])


def test_who_still_works_here_is_not_erased(person):
    with pytest.raises(operations.StillActive):
        operations.erase_person(person, **deed())


def test_the_page_erases_only_who_was_confirmed(logged_in, admin, stopped):
    browser = logged_in(admin)
    url = f"/settings/users/{stopped.pk}/privacy/"
    unsure = browser.post(url, {"x": "1"})
    kept = User.objects.get(pk=stopped.pk).name

    browser.post(url, {"sure": "on"})

    assert (list(unsure.context["form"].errors), kept) == (["sure"], NAME)
    assert User.objects.get(pk=stopped.pk).name == f"消去した人 {stopped.pk.hex[-6:]}"


def test_the_disclosure_tells_all_and_no_key(logged_in, admin, person):
    answer = logged_in(admin).post(f"/settings/users/{person.pk}/disclose/")

    told = json.loads(answer.content)
    assert {
        "accounts.user",
        "activities.follow",
        "deals.deal",
        "goals.monthlygoal",
        "journal.entry",
    } <= told.keys()
    assert told["accounts.user"][0]["email"] == EMAIL
    assert {name for rows in told.values() for row in rows for name in row} & privacy.SECRET == set()
    assert Entry.objects.filter(event="user.disclosed", subject_id=person.pk).count() == 1


def test_the_disclosure_comes_as_a_sheet_too(logged_in, admin, person):
    answer = logged_in(admin).post(f"/settings/users/{person.pk}/disclose/", {"form": "csv"})

    lines = list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))
    assert lines[0] == ["表", "番号", "項目名", "値"]
    assert ["accounts.user", "1", "email", EMAIL] in lines
    assert {field for _table, _number, field, _value in lines} & privacy.SECRET == set()


@pytest.mark.parametrize("path", ["privacy", "disclose"])
def test_only_an_admin_does_either(logged_in, manager, rep, path):
    assert logged_in(manager).post(f"/settings/users/{rep.pk}/{path}/").status_code == 403
