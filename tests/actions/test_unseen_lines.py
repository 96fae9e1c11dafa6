"""Lines sent from a place without network: nothing is recorded of them that nobody has seen read."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.actions import operations
from apps.actions.models import UnseenLine
from apps.activities import operations as activities
from apps.activities.models import Follow, Visit
from apps.base.models import new_id
from apps.journal.models import Entry
from tests import factories

JST = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 16, 9, 0, tzinfo=JST)
"""A Friday."""
EVENING = datetime(2026, 10, 15, 20, 0, tzinfo=JST)
LINE = "青葉フーズ 電話 10分 見積に前向き 次は明日電話"
CAPTURE = "/capture/"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def sent_later(browser, line, *, key=None, at=EVENING, to=CAPTURE, **given):
    waited = str(int((NOW - at) / timedelta(seconds=1)))
    headers = {"Sent-Later": waited, "Idempotency-Key": str(new_id())}
    return browser.post(to, {"line": line, "key": str(key or new_id())} | given, headers=headers)


def look_at(browser, line):
    return browser.get(f"{CAPTURE}?unseen={line.pk}").context["captured"]


def save(browser, line, **given):
    return browser.post(f"{CAPTURE}?unseen={line.pk}", {"line": line.line, "save": "1"} | given)


def test_a_line_that_nobody_saw_read_waits_for_a_look_even_where_all_is_sure(browser, rep, company):
    answer = sent_later(browser, LINE, save="1")

    line = UnseenLine.objects.get()
    assert "確かめて記録してください" in answer.json()["told"][0]
    assert (line.user, line.line, line.written_at, Follow.objects.count()) == (rep, LINE, EVENING, 0)
    assert Entry.objects.filter(event="line.laid_up", subject_id=line.pk).count() == 1


def test_a_line_that_was_seen_and_then_lost_the_network_is_recorded_as_seen(browser, company):
    sent_later(browser, LINE, save="1", read=LINE)

    follow = Follow.objects.get()
    assert (follow.company, follow.happened_at, UnseenLine.objects.count()) == (company, EVENING, 0)


def test_of_several_lines_that_were_seen_the_sure_are_recorded_and_the_others_wait(browser, company):
    lines = f"{LINE}\nどこかの会社 電話 5分"

    answer = sent_later(browser, lines, save="1", read=lines)

    assert (Follow.objects.get().body, UnseenLine.objects.get().line) == (LINE, "どこかの会社 電話 5分")
    assert len(answer.json()["told"]) == 2


def test_what_was_corrected_without_network_stays_corrected(browser, company):
    other = factories.make_company("青葉フーズ販売")

    sent_later(browser, LINE, save="1", read=LINE, company=str(other.pk), minutes="20")

    assert (Follow.objects.get().company, Follow.objects.get().talk_seconds) == (other, 1200)


def test_the_visit_that_waits_for_its_report_is_never_reported_unseen(browser, rep, company, time_machine):
    factories.make_visit(rep, company=company, starts_at=NOW - timedelta(hours=1))

    sent_later(
        browser,
        "青葉フーズ 訪問 前向き",
        save="1",
        read="青葉フーズ 訪問 前向き",
        at=NOW - timedelta(minutes=5),
    )

    assert (UnseenLine.objects.count(), Visit.objects.filter(status="done").count()) == (1, 0)


def test_the_line_is_read_as_of_the_moment_in_which_it_was_written(browser, rep, company):
    deal = factories.make_deal(rep, company=company, opened=NOW - timedelta(days=9), plan="スタンダード")
    sent_later(browser, LINE)
    line = UnseenLine.objects.get()

    assert look_at(browser, line).form["next_action_on"].value() == "2026-10-16"
    save(browser, line)

    deal.refresh_from_db()
    assert deal.next_action_on == date(2026, 10, 16)
    assert (Follow.objects.get().happened_at, Follow.objects.get().created_at) == (EVENING, NOW)
    assert UnseenLine.objects.waiting().count() == 0


def test_a_visit_of_that_evening_ended_when_the_line_was_written(browser, company):
    sent_later(browser, "青葉フーズ 訪問 60分 前向き", save="1", read="青葉フーズ 訪問 60分 前向き")

    visit = Visit.objects.get()
    assert (visit.starts_at, visit.ends_at) == (EVENING - timedelta(hours=1), EVENING)


def test_a_line_sent_twice_waits_once_and_is_recorded_once(browser, company):
    key = new_id()
    sent_later(browser, LINE, key=key)
    sent_later(browser, LINE, key=key)
    line = UnseenLine.objects.get()
    save(browser, line)

    assert (Follow.objects.count(), save(browser, line).status_code) == (1, 404)


@pytest.mark.parametrize("there", [True, False])
def test_lines_that_are_added_to_one_that_waits_are_not_lost(browser, company, there):
    """With and without network."""
    sent_later(browser, LINE)
    line = UnseenLine.objects.get()
    more = "青葉フーズ メール 送信 カタログ"

    if there:
        browser.post(f"{CAPTURE}?unseen={line.pk}", {"line": f"{LINE}\n{more}", "save": "1"})
    else:
        sent_later(browser, f"{LINE}\n{more}", to=f"{CAPTURE}?unseen={line.pk}", save="1")

    recorded = list(Follow.objects.values_list("body", flat=True))
    waiting = list(UnseenLine.objects.waiting().values_list("line", flat=True))
    assert sorted(recorded + waiting) == sorted([LINE, more])


def test_undo_lets_the_line_wait_again(browser, company):
    sent_later(browser, LINE)
    line = UnseenLine.objects.get()
    save(browser, line)

    browser.post(reverse("actions:take-back-capture", args=[line.pk]))

    assert (Follow.objects.kept().count(), UnseenLine.objects.waiting().get()) == (0, line)


@pytest.fixture
def into_report(browser, rep, company):
    """A line whose visit asks for its report, and that visit; the writer has looked at it and was led there."""
    visit = factories.make_visit(rep, company=company, starts_at=NOW - timedelta(hours=1))
    sent_later(browser, "青葉フーズ 訪問 見積に前向き", at=NOW - timedelta(minutes=5))
    line = UnseenLine.objects.get()
    assert save(browser, line).url.startswith(reverse("activities:report", args=[visit.pk]))
    return line, visit


def waiting() -> list[UnseenLine]:
    return list(UnseenLine.objects.waiting())


def test_a_line_in_a_reports_draft_waits_until_the_report_is_sent_and_again_if_it_is_withdrawn(
    browser, rep, into_report
):
    line, visit = into_report
    drafted = waiting()

    report = {"progress": "forward", "result": f"{line.line}\n予算は来期", "version": "0"}
    browser.post(reverse("activities:report", args=[visit.pk]), report)
    sent = (waiting(), line.line in browser.get("/today/").content.decode())
    browser.post(reverse("activities:withdraw-report", args=[visit.pk]))

    assert (drafted, sent, waiting()) == ([line], ([], False), [line])


def test_a_report_without_the_lines_words_leaves_it_waiting(rep, into_report):
    line, visit = into_report

    activities.report_visit(visit, result="べつの話", by=rep, at=NOW)

    assert waiting() == [line]


def test_a_report_reworded_later_does_not_call_its_line_back(rep, into_report):
    line, visit = into_report

    activities.report_visit(visit, result=line.line, by=rep, at=NOW)
    activities.report_visit(visit, result="書き直した", by=rep, at=NOW)

    assert waiting() == []


def test_what_the_writer_corrected_before_the_report_is_what_it_must_say(browser, rep, company, into_report):
    line, visit = into_report
    browser.post(f"{CAPTURE}?unseen={line.pk}", {"line": "青葉フーズ 訪問 予算あり", "save": "1"})

    activities.report_visit(visit, result="青葉フーズ 訪問 予算あり", by=rep, at=NOW)

    assert waiting() == []


def test_a_report_in_the_trash_gives_its_line_back(rep, into_report):
    line, visit = into_report
    activities.report_visit(visit, result=line.line, by=rep, at=NOW)

    activities.trash_activity(Visit.objects.get(), by=rep, at=NOW)

    assert waiting() == [line]


def test_a_line_is_thrown_away_and_brought_back(browser, company):
    sent_later(browser, LINE)
    line = UnseenLine.objects.get()

    browser.post(reverse("actions:throw-away-line", args=[line.pk]))
    assert UnseenLine.objects.waiting().count() == 0

    browser.post(reverse("actions:bring-back-line", args=[line.pk]))
    assert UnseenLine.objects.waiting().get() == line


def test_a_recorded_line_is_not_brought_back(browser, rep, company):
    sent_later(browser, LINE)
    line = UnseenLine.objects.get()
    save(browser, line)

    with pytest.raises(operations.AlreadyRecorded):
        operations.bring_back_line(line, by=rep, at=NOW)


def test_another_persons_line_is_not_there(browser, logged_in, company):
    sent_later(browser, LINE)
    line, other = UnseenLine.objects.get(), logged_in(factories.make_user("field_sales"))

    answers = [
        other.get(f"{CAPTURE}?unseen={line.pk}"),
        other.post(f"{CAPTURE}?unseen={line.pk}", {"line": "x"}),
        other.post(reverse("actions:throw-away-line", args=[line.pk])),
        other.post(reverse("actions:bring-back-line", args=[line.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert LINE not in other.get("/today/").content.decode()


@pytest.mark.parametrize("address", ["/today/", CAPTURE])
def test_what_waits_is_named_where_one_begins(browser, company, address):
    sent_later(browser, LINE)

    page = browser.get(address).content.decode()

    assert (LINE in page, f"?unseen={UnseenLine.objects.get().pk}" in page) == (True, True)


def test_what_was_thrown_away_a_month_ago_is_forgotten(browser, rep, company, time_machine):
    sent_later(browser, LINE)
    operations.throw_away_line(UnseenLine.objects.get(), by=rep, at=NOW)

    later = NOW + timedelta(days=31)
    operations.lay_up_lines({new_id(): "次の行"}, written_at=later, by=rep, at=later)

    assert UnseenLine.objects.get().line == "次の行"


@pytest.mark.parametrize("waited", ["-5", "1e9", "x", "", "99999999999"])
def test_a_header_that_is_no_time_means_that_somebody_is_looking(browser, company, waited):
    form = {"line": LINE, "save": "1", "key": str(new_id())}

    browser.post(CAPTURE, form, headers={"Sent-Later": waited})

    assert (Follow.objects.count(), UnseenLine.objects.count()) == (1, 0)
