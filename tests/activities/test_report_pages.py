import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import operations
from apps.activities.models import ExpectedIssue, PostVisitReport, PreVisitReport
from apps.deals import operations as deals
from apps.journal.models import Entry
from tests import factories
from tests.activities.visiting import ISSUES, filled, reported, sent, url
from tests.naughty import KEPT, REFUSED

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


def test_what_another_changed_in_the_deal_is_named_by_that_person(browser, rep, manager, company):
    deal = factories.make_deal(rep, company=company, amount=500_000)
    visit = factories.make_visit(rep, company=company, deal=deal)
    form = browser.get(url("report", visit)).context["form"]
    mine = filled(form, progress="forward", result="わたしの結果", amount="60万") | {
        "initial-amount": "500,000"
    }
    operations.report_visit(visit, progress="forward", result="机で", by=rep, at=timezone.now())
    deals.change_deal(deal, amount=700_000, by=manager, at=timezone.now() + timedelta(seconds=20))
    Entry.objects.filter(event="deal.changed").update(at=timezone.now() + timedelta(seconds=20))

    answer = browser.post(url("report", visit), mine)

    shown = re.findall(r"今の内容・(.+?) \d", answer.content.decode())
    assert [(one.name, who) for one, who in zip(answer.context["form"].conflicts, shown, strict=True)] == [
        ("result", rep.name),
        ("amount", manager.name),
    ]


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
