from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import operations
from apps.activities.models import ExpectedIssue, PostVisitReport, PreVisitReport, Visit
from apps.base.refusal import Forbidden
from apps.deals import operations as deals
from apps.journal.models import Entry
from apps.tenancy.context import inside
from tests import factories
from tests.naughty import KEPT, REFUSED

ISSUES = ["検品に2人かかっている", "二重入力になる", "承認が必要"]


@pytest.fixture
def prepared(visit, rep):
    operations.prepare_visit(visit, goal="プランを決める", issues=ISSUES, by=rep, at=timezone.now())
    return Visit.objects.get(pk=visit.pk)


def url(name: str, visit: Visit) -> str:
    return reverse(f"activities:{name}", args=[visit.pk])


def planning(company) -> str:
    return reverse("activities:plan-visit") + f"?company={company.pk}"


def filled(form, **typed) -> dict:
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (shown | typed).items() if value is not None}


def sent(browser, address: str, **typed):
    return browser.post(address, filled(browser.get(address).context["form"], **typed))


def reported(browser, visit, **typed):
    return sent(browser, url("report", visit), **{"progress": "forward"} | typed)


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


# ── before the visit ───────────────────────────────────────────────────────────────────────────────


def test_each_line_is_an_expected_issue(browser, visit):
    sent(browser, url("prepare", visit), goal="プランを決める", issues="一つ目\r\n\r\n  二つ目  \n一つ目")

    assert [issue.text for issue in visit.issues.all()] == ["一つ目", "二つ目"]
    assert PreVisitReport.objects.get().goal == "プランを決める"


def test_a_goal_is_needed(browser, visit):
    response = sent(browser, url("prepare", visit), goal="", issues="一つ目")

    assert list(response.context["form"].errors) == ["goal"]


@pytest.mark.parametrize("issues", ["あ" * 501, "\n".join(map(str, range(21)))])
def test_too_much_to_expect_is_refused(browser, visit, issues):
    response = sent(browser, url("prepare", visit), goal="—", issues=issues)

    assert list(response.context["form"].errors) == ["issues"]


def test_two_who_write_at_once_do_not_overwrite_each_other(browser, visit, rep):
    form = filled(browser.get(url("prepare", visit)).context["form"], goal="わたしの目的")
    operations.prepare_visit(visit, goal="ほかの目的", issues=[], by=rep, at=timezone.now())

    answered = browser.post(url("prepare", visit), form).context["form"]

    assert answered.errors["goal"] == ["今は「ほかの目的」です。"]
    assert PreVisitReport.objects.get().goal == "ほかの目的"


@pytest.mark.parametrize("text", KEPT)
def test_any_text_is_kept_as_it_was_typed(browser, visit, text):
    sent(browser, url("prepare", visit), goal=text, situation=text, issues=text, answer=text)

    report = PreVisitReport.objects.get()
    assert (report.goal, report.situation, report.answer) == (text, text, text)
    assert [issue.text for issue in visit.issues.all()] == [text]


@pytest.mark.parametrize("text", REFUSED)
def test_control_characters_are_refused(browser, visit, text):
    response = sent(browser, url("prepare", visit), goal=text, issues=text)

    assert list(response.context["form"].errors) == ["goal", "issues"]


# ── after the visit ────────────────────────────────────────────────────────────────────────────────


def test_a_report_says_what_became_of_each_issue_and_teaches_the_deal(browser, prepared, deal):
    response = reported(
        browser, prepared, result="拡張プランで進める", turnout_0="as_expected",
        turnout_1="different", how_1="月次の締めのほうが深刻", turnout_2="did_not_come_up", plan="拡張プラン",
        amount="70万", next_action="見積を出す", next_action_on="2026-12-01",
    )  # fmt: skip

    prepared.refresh_from_db()
    deal.refresh_from_db()
    assert (prepared.status, prepared.post_report.result) == ("done", "拡張プランで進める")
    assert [(issue.turnout, issue.how_different) for issue in prepared.issues.all()] == [
        ("as_expected", ""),
        ("different", "月次の締めのほうが深刻"),
        ("did_not_come_up", ""),
    ]
    assert (deal.stage, deal.plan, deal.amount, deal.rank) == ("deal", "拡張プラン", 700_000, "likely")
    assert (deal.next_action, deal.next_action_on) == ("見積を出す", date(2026, 12, 1))
    assert response["Location"] == reverse("actions:today")


def test_a_report_with_nothing_new_leaves_the_deal_alone(browser, visit, deal):
    reported(browser, visit, result="雑談のみ")

    assert deal.changes.count() == 1


def test_a_report_needs_one_choice_and_keeps_the_rest(browser, prepared):
    response = reported(browser, prepared, progress="", turnout_0="different", how_0="人手ではなく時間")

    form = response.context["form"]
    assert form.errors == {"progress": ["入力してください。"]}
    assert (form["turnout_0"].value(), form["how_0"].value()) == ("different", "人手ではなく時間")
    assert not PostVisitReport.objects.exists()


def test_a_report_is_revised(browser, prepared):
    reported(browser, prepared, result="一度目", turnout_0="as_expected")

    reported(browser, prepared, result="二度目", turnout_0="different")

    assert PostVisitReport.objects.get().result == "二度目"
    assert [issue.turnout for issue in prepared.issues.all()] == ["different", "", ""]


def test_what_a_revised_report_said_before_stays(browser, prepared):
    reported(browser, prepared, result="一度目", turnout_0="as_expected")

    reported(browser, prepared, result="二度目", turnout_0="different")

    said = PostVisitReport.pgh_event_model.objects.order_by("pgh_id").values_list("result", flat=True)
    turned = ExpectedIssue.pgh_event_model.objects.filter(text=ISSUES[0], pgh_label="update")
    assert list(said) == ["一度目", "二度目"]
    assert [issue.turnout for issue in turned.order_by("pgh_id")] == ["as_expected", "different"]


def test_two_reports_at_once_do_not_overwrite_each_other(browser, visit, rep):
    form = filled(browser.get(url("report", visit)).context["form"], progress="same", result="わたしの結果")
    operations.report_visit(visit, result="ほかの結果", by=rep, at=timezone.now())

    answered = browser.post(url("report", visit), form).context["form"]

    assert answered.errors["result"] == ["今は「ほかの結果」です。"]
    assert answered["result"].value() == "わたしの結果"


def test_of_two_reports_at_once_both_versions_are_shown_and_one_is_chosen(browser, prepared, rep):
    first, second, _third = prepared.issues.order_by("position")
    mine = {"progress": "forward", "result": "わたしの結果", "turnout_0": "as_expected"}
    form = filled(browser.get(url("report", prepared)).context["form"], **mine)
    other = {first.pk: ("different", "安かった"), second.pk: ("did_not_come_up", "")}
    operations.report_visit(
        prepared, progress="forward", result="机で", turnouts=other, by=rep, at=timezone.now()
    )

    answered = browser.post(url("report", prepared), form).context["form"]
    shown = {one.name: (one.present, one.mine, one.both) for one in answered.conflicts}
    chosen = {"result": "both", "turnout_0": "present", "how_0": "present", "turnout_1": "mine"}
    again = filled(answered) | {f"keep-{name}": way for name, way in chosen.items()}
    browser.post(url("report", prepared), again)

    report = PostVisitReport.objects.get()
    assert shown == {
        "result": ("机で", "わたしの結果", True),
        "turnout_0": ("違った", "想定通り", False),
        "how_0": ("安かった", "空", False),
        "turnout_1": ("出なかった", "空", False),
    }
    assert (report.result, report.version) == ("机で\nわたしの結果", 2)
    assert [issue.turnout for issue in prepared.issues.order_by("position")] == ["different", "", ""]


def test_a_report_that_waited_tells_the_deal_only_what_its_writer_changed(browser, rep, company):
    deal = factories.make_deal(rep, company=company, amount=500_000)
    visit = factories.make_visit(rep, company=company, deal=deal)
    form = browser.get(url("report", visit)).context["form"]
    waited = filled(form, progress="forward") | {"initial-amount": "500,000", "initial-plan": ""}
    deals.change_deal(deal, amount=700_000, by=rep, at=timezone.now())

    browser.post(url("report", visit), waited)

    deal.refresh_from_db()
    assert deal.amount == 700_000


def test_a_visit_to_come_is_not_reported(browser, rep, company):
    ahead = factories.make_visit(rep, company=company, starts_at=timezone.now() + timedelta(days=1))

    response = reported(browser, ahead, result="早すぎる")

    assert response.context["form"].non_field_errors() == ["まだ始まっていない訪問です。"]


def test_who_went_to_anothers_deal_reports_without_teaching_it(logged_in, colleague, company, deal):
    along = factories.make_visit(colleague, company=company, deal=deal)
    browser = logged_in(colleague)

    form = browser.get(url("report", along)).context["form"]
    reported(browser, along, result="同席した", next_action="資料を送る")

    deal.refresh_from_db()
    assert "plan" not in form.fields
    assert (PostVisitReport.objects.get().next_action, deal.next_action) == ("資料を送る", "")


def test_a_deal_in_the_trash_does_not_hold_up_the_report(browser, visit, deal, rep):
    deals.trash_deal(deal, by=rep, at=timezone.now())

    reported(browser, visit, result="話はできた", next_action="電話")

    assert PostVisitReport.objects.get().result == "話はできた"
    assert browser.get(visit.get_absolute_url()).status_code == 200


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
