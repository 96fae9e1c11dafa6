"""変更の履歴: who changed what, when, from which value to which, and by which way."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import operations as activities
from apps.base.month import Month
from apps.base.origin import IMPORT, coming_by
from apps.conversations import history, subjects, wording
from apps.customers import operations as customers
from apps.customers.models import Company
from apps.deals import operations as deals
from apps.deals.models import LostReason
from apps.journal.models import Entry
from tests import factories
from tests.architecture.test_background import _noted
from tests.integrations.api import Program

# A test is one transaction, and so one step: each deed gets a number of its own.


@pytest.fixture
def apart(monkeypatch):
    """Let each deed of the test look like a transaction of its own, as it is in life."""
    from django.db import connection

    number = iter(range(10_000, 20_000))

    def separate() -> None:
        here = next(number)
        with connection.cursor() as cursor:
            cursor.execute("SELECT txid_current()")
            now = cursor.fetchone()[0]
        Entry.objects.filter(transaction_id=now).update(transaction_id=now + here)
        for tables in history.TRACKED.values():
            for model, _column in tables:
                model.pgh_event_model.objects.filter(transaction_id=now).update(transaction_id=now + here)

    return separate


@pytest.fixture
def company(db, apart):
    made = factories.make_company("北浜精機株式会社", employees=10)
    apart()
    return made


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


def told(browser, record, **query):
    code = subjects.kind_of(record).code
    answer = browser.get(reverse("conversations:history", args=[code, record.pk]), query)
    assert answer.status_code == 200
    return answer.context["steps"]


def lines(step) -> list[tuple[str, str, str]]:
    return [(line.label, line.was, line.now) for line in step.lines]


def test_a_change_tells_who_what_and_from_which_value_to_which(browser, company, rep, apart):
    customers.change_company(
        company, employees=1_200, industry="F", area="13101", buying_months=[3, 9], by=rep, at=timezone.now()
    )
    apart()

    latest, first = told(browser, company)

    assert (latest.what, latest.who) == ("顧客を変更した", rep.name)
    assert lines(latest) == [
        ("業種", "", "電気・ガス・熱供給・水道業"),
        ("エリア", "", "東京都千代田区"),
        ("従業員数", "10", "1,200"),
        ("購入を検討する月", "", "3月・9月"),
    ]
    assert (first.what, first.who) == ("顧客を加えた", "Baton")
    assert ("会社名", "", "北浜精機株式会社") in lines(first)


def test_a_value_that_was_emptied_is_told(browser, company, rep, apart):
    customers.change_company(company, employees=None, by=rep, at=timezone.now())
    apart()

    assert lines(told(browser, company)[0]) == [("従業員数", "10", "")]


def test_each_way_in_is_told(browser, company, rep, alpha, apart):
    form = {"name": "北浜精機", "version": company.version}
    browser.post(reverse("customers:change-company", args=[company.pk]), form)
    apart()
    Program(alpha, rep).patch(f"companies/{company.pk}/", {"phone": "03-1", "version": 2})
    apart()
    with coming_by(IMPORT):
        company.refresh_from_db()
        customers.change_company(company, phone="03-2", by=rep, at=timezone.now())
    apart()

    assert [step.door for step in told(browser, company)] == ["取り込み", "API", "画面", ""]


def test_what_no_deed_noted_is_told_all_the_same(browser, company, apart):
    Company.objects.filter(pk=company.pk).update(phone="06-1234")
    apart()

    step = told(browser, company)[0]
    assert (step.what, step.who, lines(step)) == ("ほかの記録とともに変わった", "", [("電話", "", "06-1234")])


def test_a_deal_tells_its_change_its_moment_and_why(browser, rep, colleague, manager, apart):
    deal = factories.make_deal(rep, plan="基本", amount=300_000)
    apart()
    now = timezone.now()
    month = Month.of(date(2026, 10, 1))
    deals.change_deal(deal, amount=600_000, expected_month=month, owner=colleague, by=manager, at=now)
    apart()
    deal.refresh_from_db()
    deals.lose(
        deal,
        on=now,
        kind="never",
        reason=LostReason.objects.get(label="競合に決まった"),
        by=colleague,
        at=now,
    )
    apart()
    deals.reopen(deal, reason="先方から連絡", by=colleague, at=timezone.now())
    apart()

    revived, lost, changed, _opened = told(browser, deal)

    assert [(line[0], line[1], line[2]) for line in lines(changed)] == [
        ("担当", rep.name, colleague.name),
        ("価格", "300,000円", "600,000円"),
        ("時期", "", "2026年10月"),
        ("ランク", "", "△"),
    ]
    assert ("状態", "進行中", "ボツ") in lines(lost)
    assert ("理由", "", "競合に決まった") in lines(lost)
    assert (revived.what, revived.reason) == ("案件を復活した", "先方から連絡")


def test_a_change_dated_back_says_from_when_it_holds(browser, rep, apart):
    began = timezone.now() - timedelta(days=10)
    deal = deals.open_deal(
        company=factories.make_company(), owner=rep, opened=began, plan="基本", by=rep, at=timezone.now()
    )
    apart()
    since = timezone.now() - timedelta(days=3)
    deals.change_deal(deal, amount=1, when=since, by=rep, at=timezone.now())
    apart()

    assert abs(told(browser, deal)[0].since - since) < timedelta(seconds=1)


def test_a_follow_has_no_versions_the_journal_tells_it(browser, rep, apart):
    follow = factories.make_follow(rep, body="一")
    apart()
    for outcome, body in (("no_answer", "二"), ("connected", "三")):
        activities.change_follow(follow, outcome=outcome, body=body, by=rep, at=timezone.now())
        apart()
        follow.refresh_from_db()

    second, first, made = told(browser, follow)

    assert ("内容", "一", "二") in lines(first)
    assert ("内容", "二", "三") in lines(second)
    assert [label for label, _was, _now in lines(first)] == ["結果", "内容"]
    assert lines(made) == []


def test_a_visit_tells_of_its_reports(browser, rep, apart):
    visit = factories.make_visit(rep, starts_at=timezone.now() - timedelta(hours=2))
    apart()
    for goal in ("予算を聞く", "決裁者を知る"):
        activities.prepare_visit(visit, goal=goal, issues=["在庫"], by=rep, at=timezone.now())
        apart()

    second, first, _planned = told(browser, visit)

    assert lines(second) == [("訪問の目的", "予算を聞く", "決裁者を知る")]
    assert lines(first) == [("訪問の目的", "", "予算を聞く"), ("想定した課題", "", "在庫")]
    assert first.what == "外出前報告を書いた"


def test_a_list_tells_of_its_companies(browser, rep, company, apart):
    target = factories.make_list(rep, "秋の重点")
    apart()
    factories.make_entry(target, company)
    apart()

    step = told(browser, target)[0]
    assert (step.what, step.about) == ("会社を載せた", "北浜精機株式会社")


def test_comments_and_files_stand_in_it(browser, company, rep, apart):
    factories.make_comment(company, by=rep)
    apart()
    factories.make_file(company, by=rep, name="議事録.txt")
    apart()

    assert [(step.what, step.about) for step in told(browser, company)][:2] == [
        ("ファイルを付けた", "議事録.txt"),
        ("コメントを書いた", ""),
    ]


def test_it_is_paged_without_losing_or_doubling_a_step(browser, company, rep, apart, monkeypatch):
    monkeypatch.setattr(
        "apps.conversations.history_views.trail.steps.__kwdefaults__", {"after": "", "size": 2}
    )
    for number in range(5):
        company.refresh_from_db()
        customers.change_company(company, phone=f"03-{number}", by=rep, at=timezone.now())
        apart()
    url = reverse("conversations:history", args=["company", company.pk])

    seen, query = [], ""
    while query is not None:
        context = browser.get(url + query).context
        seen += [lines(step)[-1][1:] for step in context["steps"] if step.what == "顧客を変更した"]
        query = context["next"] or None

    assert seen == [("03-3", "03-4"), ("03-2", "03-3"), ("03-1", "03-2"), ("03-0", "03-1"), ("", "03-0")]


@pytest.mark.parametrize("after", ["x", "-1", "1" * 30, "１"])
def test_a_number_that_is_none_is_not_found(browser, company, after):
    url = reverse("conversations:history", args=["company", company.pk])

    assert browser.get(url, {"after": after}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_much_happened(
    browser, company, rep, count, apart, django_assert_num_queries
):
    for number in range(count):
        company.refresh_from_db()
        customers.change_company(company, phone=f"03-{number}", by=rep, at=timezone.now())
        apart()

    with django_assert_num_queries(11):
        told(browser, company)


def test_every_event_of_a_record_has_words():
    of_records = tuple(f"{prefix}." for prefix in ("comment", "file", *subjects.KINDS))
    noted = {event for event in _noted() if isinstance(event, str) and event.startswith(of_records)}

    assert noted - wording.EVENTS.keys() == set()
