from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import operations
from apps.activities.models import PostVisitReport, PreVisitReport, Visit
from apps.base.refusal import Forbidden
from apps.journal.models import Entry
from apps.tenancy.context import inside
from tests import factories
from tests.activities.visiting import filled, planning, sent, url

# ── planning ───────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_planned_with_people_from_both_sides(browser, rep, colleague, company, deal):
    contact = factories.make_contact(company)

    response = sent(
        browser, planning(company), starts_at="2027-01-12T10:00", ends_at="2027-01-12T11:00", kind="online",
        contacts=[contact.pk], companions=[colleague.pk], deal=deal.pk,
    )  # fmt: skip

    visit = Visit.objects.get()
    assert (visit.owner, visit.deal, visit.kind, visit.status) == (rep, deal, "online", "planned")
    assert (list(visit.contacts.all()), list(visit.companions.all())) == ([contact], [colleague])
    assert (str(visit.starts_on), response["Location"]) == ("2027-01-12", visit.get_absolute_url())


def test_a_form_that_is_sent_twice_plans_one_visit(browser, company):
    form = filled(browser.get(planning(company)).context["form"], starts_at="2027-01-12T10:00")

    first, second = browser.post(planning(company), form), browser.post(planning(company), form)

    assert first["Location"] == second["Location"] == Visit.objects.get().get_absolute_url()


def test_a_visit_does_not_end_before_it_starts(browser, company):
    response = sent(browser, planning(company), starts_at="2027-01-12T10:00", ends_at="2027-01-12T10:00")

    assert response.context["form"].errors == {"ends_at": ["終了は開始より後にしてください。"]}


def test_planning_begins_with_the_company(browser, visit):
    assert browser.get(reverse("activities:plan-visit")).context["recent"] == [visit.company]


# ── the list ───────────────────────────────────────────────────────────────────────────────────────


def test_owed_planned_and_done_visits_stand_apart(browser, rep, company, visit):
    now = timezone.now()
    ahead = factories.make_visit(rep, company=company, starts_at=now + timedelta(days=1))
    done = factories.make_visit(rep, company=company, starts_at=now - timedelta(days=1), status="done")
    factories.make_visit(rep, company=company, status="cancelled")

    context = browser.get(reverse("activities:visits")).context

    assert [list(context["owed"]), list(context["ahead"]), context["done"].rows] == [[visit], [ahead], [done]]


def test_more_visits_that_owe_a_report_than_the_page_names_are_counted_and_linked(browser, rep, company):
    for number in range(51):
        factories.make_visit(
            rep, company=company, starts_at=timezone.now() - timedelta(days=1, minutes=number)
        )

    shown = browser.get(reverse("activities:visits")).content.decode()

    assert "?view=list&amp;where=owed" in shown
    listed = browser.get(reverse("activities:visits"), {"view": "list", "where": "owed:in:yes"})
    assert (listed.context["total"], ">51<" in shown) == (51, True)


def test_other_peoples_visits_stand_under_all(browser, colleague):
    theirs = factories.make_visit(colleague, starts_at=timezone.now() + timedelta(days=1))

    assert list(browser.get(reverse("activities:visits")).context["ahead"]) == []
    assert list(browser.get(reverse("activities:visits"), {"who": "all"}).context["ahead"]) == [theirs]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(browser, rep, count, django_assert_num_queries):
    now = timezone.now()
    for _ in range(count):
        planned = factories.make_visit(rep, starts_at=now + timedelta(days=1))
        operations.prepare_visit(planned, goal="—", issues=[], by=rep, at=now)
        factories.make_visit(rep, starts_at=now - timedelta(days=1))
        factories.make_visit(rep, starts_at=now - timedelta(days=1), status="done")

    with django_assert_num_queries(10):
        browser.get(reverse("activities:visits"), {"who": "all"})


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_it_shows(browser, rep, visit, count, django_assert_num_queries):
    issues = [f"課題{n}" for n in range(count)]
    operations.prepare_visit(visit, goal="—", issues=issues, by=rep, at=timezone.now())
    visit.contacts.set([factories.make_contact(visit.company) for _ in range(count)])

    with django_assert_num_queries(9):
        browser.get(visit.get_absolute_url())


# ── changing ───────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_moved(browser, visit):
    sent(browser, url("change-visit", visit), starts_at="2027-01-12T10:00")

    visit.refresh_from_db()
    assert (str(visit.starts_on), visit.status) == ("2027-01-12", "planned")


def test_people_are_taken_out_of_a_visit(browser, visit, colleague):
    visit.contacts.add(factories.make_contact(visit.company))
    visit.companions.add(colleague)

    sent(browser, url("change-visit", visit), contacts=[], companions=[])

    assert (visit.contacts.count(), visit.companions.count()) == (0, 0)


def test_a_visit_to_come_is_not_done(browser, rep, company):
    ahead = factories.make_visit(rep, company=company, starts_at=timezone.now() + timedelta(days=1))

    response = sent(browser, url("change-visit", ahead), status="done")

    assert response.context["form"].errors == {"status": ["まだ始まっていない訪問は済みにできません。"]}


def test_a_stale_save_names_what_stands_there(browser, visit, rep):
    form = filled(browser.get(url("change-visit", visit)).context["form"], kind="online")
    contact = factories.make_contact(visit.company, name="山口 一郎")
    form["contacts"] = []
    operations.change_visit(visit, contacts=[contact], status="cancelled", by=rep, at=timezone.now())

    answered = browser.post(url("change-visit", visit), form).context["form"]

    assert answered.errors["contacts"] == ["今は「山口 一郎」です。"]
    assert answered.errors["status"] == ["今は「取りやめ」です。"]


def test_a_visit_is_called_off(browser, visit):
    browser.post(url("cancel-visit", visit))

    visit.refresh_from_db()
    assert visit.status == "cancelled"


# ── who may ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["prepare", "report"])
@pytest.mark.parametrize("who", ["manager", "admin", "colleague"])
def test_nobody_writes_a_report_for_another(logged_in, visit, request, who, name):
    person = request.getfixturevalue(who)

    response = logged_in(person).post(url(name, visit), {"goal": "—", "result": "—", "version": 0})

    assert response.status_code == 403
    assert (PreVisitReport.objects.count(), PostVisitReport.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "said"),
    [("prepare", {"goal": "書き換え"}), ("report", {"progress": "same", "result": "書き換え"})],
)
def test_who_takes_a_visit_over_does_not_rewrite_what_another_said(logged_in, admin, rep, visit, name, said):
    operations.prepare_visit(visit, goal="目的", issues=[], by=rep, at=timezone.now())
    operations.report_visit(visit, result="結果", by=rep, at=timezone.now())
    operations.change_visit(visit, owner=admin, by=admin, at=timezone.now())

    response = logged_in(admin).post(url(name, visit), {**said, "version": 1})

    assert response.status_code == 403
    assert (PreVisitReport.objects.get().goal, PostVisitReport.objects.get().result) == ("目的", "結果")


@pytest.mark.parametrize("name", ["change-visit", "cancel-visit", "trash-visit"])
def test_a_rep_cannot_change_anothers_visit(logged_in, colleague, visit, name):
    before = Entry.objects.count()

    response = logged_in(colleague).post(url(name, visit), {"version": 1})

    visit.refresh_from_db()
    assert (response.status_code, visit.status, visit.trashed_at) == (403, "planned", None)
    assert Entry.objects.count() == before


def test_another_tenants_visit_does_not_exist_here(browser, beta):
    with inside(beta):
        theirs = factories.make_visit(factories.make_user("field_sales"))

    names = ["visit", "change-visit", "prepare", "report"]
    assert {browser.get(url(name, theirs)).status_code for name in names} == {404}


def test_a_rep_does_not_hand_a_follow_to_another(rep, colleague):
    follow = factories.make_follow(rep)

    with pytest.raises(Forbidden):
        operations.change_follow(follow, owner=colleague, by=rep, at=timezone.now())


def test_a_visit_goes_to_the_trash_and_back(browser, visit):
    browser.post(url("trash-visit", visit))
    assert browser.get(visit.get_absolute_url()).status_code == 404

    browser.post(url("restore-visit", visit))
    assert browser.get(visit.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("name", ["cancel-visit", "trash-visit", "restore-visit"])
def test_a_look_changes_nothing(browser, visit, name):
    assert browser.get(url(name, visit)).status_code == 405
