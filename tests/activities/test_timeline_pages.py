from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import operations, queries
from apps.activities.models import Follow
from apps.base.month import Month
from apps.customers import operations as customers
from apps.deals import operations as deals
from apps.deals.models import Deal, LostReason
from tests import factories


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


@pytest.fixture
def deal(rep, company):
    began = timezone.now() - timedelta(days=10)
    return deals.open_deal(company=company, owner=rep, opened=began, plan="基本", by=rep, at=timezone.now())


@pytest.fixture
def lived(deal, company, rep):
    """Opened 10, called 8, priced 6, visited 4, lost 2 days ago."""
    now = timezone.now()

    def ago(days: int):
        return now - timedelta(days=days)

    factories.make_follow(rep, company=company, deal=deal, happened_at=ago(8))
    deal = deals.change_deal(deal, amount=600_000, when=ago(6), by=rep, at=now)
    visit = factories.make_visit(rep, company=company, deal=deal, starts_at=ago(4))
    operations.prepare_visit(visit, goal="—", issues=["甲", "乙"], by=rep, at=now)
    first, second = visit.issues.all()
    turnouts = {first.pk: ("different", "逆だった"), second.pk: ("different", "")}
    operations.report_visit(visit, result="前向き", turnouts=turnouts, by=rep, at=now)
    reason = LostReason.objects.get(label="競合に決まった")
    return deals.lose(deal, on=ago(2), kind="never", reason=reason, by=rep, at=now)


def told(response) -> list[tuple[str, str]]:
    return [(event["kind"], event.get("headline", "")) for event in response.context["events"]]


def of_deal(browser, deal, **asked):
    return browser.get(reverse("activities:of-deal", args=[deal.pk]), asked)


def test_contacts_and_changes_stand_in_one_line_latest_first(browser, lived):
    assert told(of_deal(browser, lived)) == [
        ("change", "ボツ"),
        ("visit", ""),
        ("change", "見込み → 話題"),
        ("follow", ""),
        ("change", "案件のはじまり"),
    ]


def test_the_line_of_a_company_holds_its_deals(browser, lived):
    at_company = browser.get(reverse("activities:of-company", args=[lived.company_id]))

    assert told(at_company) == told(of_deal(browser, lived))


@pytest.mark.parametrize(
    ("show", "kinds"), [("contacts", ["visit", "follow"]), ("changes", ["change", "change", "change"])]
)
def test_the_line_can_be_narrowed(browser, lived, show, kinds):
    assert [kind for kind, _headline in told(of_deal(browser, lived, show=show))] == kinds


def test_a_loss_says_why(browser, lived):
    lines = of_deal(browser, lived).context["events"][0]["lines"]

    assert [(line.label, line.now) for line in lines] == [
        ("ボツの種類", "ずっとだめ"),
        ("理由", "競合に決まった"),
    ]


def test_a_visit_says_what_became_of_its_issues(browser, lived):
    event = of_deal(browser, lived).context["events"][1]

    assert event["turnouts"] == [("different", "違った", 2)]
    assert "前向き" in of_deal(browser, lived).content.decode()


def test_a_handover_names_both(browser, deal, rep, manager, colleague):
    deals.change_deal(deal, owner=colleague, by=manager, at=timezone.now())

    line = of_deal(browser, deal).context["events"][0]["lines"][0]

    assert (line.label, line.was, line.now) == ("担当", rep.name, colleague.name)


def test_what_lies_in_the_trash_is_not_told(browser, lived, rep):
    for follow in queries.follows():
        operations.trash_activity(follow, by=rep, at=timezone.now())
    deals.trash_deal(lived, by=rep, at=timezone.now())

    at_company = browser.get(reverse("activities:of-company", args=[lived.company_id]))

    assert told(at_company) == [("visit", "")]


def test_a_part_is_what_a_reload_would_show(browser, lived):
    address = reverse("activities:of-deal", args=[lived.pk])
    part = browser.get(address, headers={"HX-Request": "true", "HX-Target": "timeline"})

    assert part.content.decode().strip() in browser.get(address).content.decode()


def test_nothing_yet_is_said(browser, company):
    content = browser.get(reverse("activities:of-company", args=[company.pk])).content.decode()

    assert "まだ記録がありません。" in content


def test_an_unknown_view_is_not_found(browser, deal):
    assert of_deal(browser, deal, show="everything").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_line_costs_the_same_however_long(browser, rep, company, count, django_assert_num_queries):
    for _ in range(count):
        deal = factories.make_deal(rep, company=company)
        deals.change_deal(
            deal, amount=1, expected_month=Month(2026, 12), buyer_stage="aware", by=rep, at=timezone.now()
        )
        factories.make_follow(rep, company=company, deal=deal, contact=factories.make_contact(company))
        factories.make_visit(rep, company=company, contacts=[factories.make_contact(company)])

    with django_assert_num_queries(13):
        browser.get(reverse("activities:of-company", args=[company.pk]))


# ── trash ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def thrown_away(admin, rep, deal):
    now = timezone.now()
    operations.trash_activity(factories.make_follow(rep), by=admin, at=now)
    operations.trash_activity(factories.make_visit(rep), by=admin, at=now + timedelta(minutes=1))
    deals.trash_deal(deal, by=admin, at=now + timedelta(minutes=2))
    customers.trash_contact(factories.make_contact(), by=admin, at=now + timedelta(minutes=3))
    customers.trash_company(factories.make_company(), by=admin, at=now + timedelta(minutes=4))


def in_trash(browser) -> list[tuple[str, bool]]:
    rows = browser.get(reverse("activities:trash")).context["rows"]
    return [(kind, may) for kind, _record, _restore, may in rows]


def test_everything_in_the_trash_stands_in_one_place(logged_in, admin, thrown_away):
    kinds = ["顧客", "担当者", "案件", "訪問", "フォロー"]

    assert in_trash(logged_in(admin)) == [(kind, True) for kind in kinds]


def test_one_takes_back_what_one_may(logged_in, rep, colleague, manager, thrown_away):
    assert [may for _kind, may in in_trash(logged_in(rep))] == [False, False, True, True, True]
    assert [may for _kind, may in in_trash(logged_in(colleague))] == [False] * 5
    assert [may for _kind, may in in_trash(logged_in(manager))] == [True] * 5


def test_every_button_of_the_trash_works(logged_in, admin, thrown_away):
    browser = logged_in(admin)

    for _kind, _record, restore, _may in browser.get(reverse("activities:trash")).context["rows"]:
        assert browser.post(restore).status_code == 302

    assert in_trash(browser) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_trash_costs_the_same_however_full(logged_in, manager, rep, count, django_assert_num_queries):
    for _ in range(count):
        operations.trash_activity(factories.make_follow(rep), by=rep, at=timezone.now())
        operations.trash_activity(factories.make_visit(rep), by=rep, at=timezone.now())
        deals.trash_deal(factories.make_deal(rep), by=rep, at=timezone.now())
    browser = logged_in(manager)

    with django_assert_num_queries(15):
        browser.get(reverse("activities:trash"))


def test_the_trash_is_paged_over_all_kinds_and_back(browser, rep):
    deals = [factories.make_deal(rep) for _ in range(3)]
    for number in range(60):
        follow = factories.make_follow(rep)
        Follow.objects.filter(pk=follow.pk).update(trashed_at=moment(number))
    for number, deal in enumerate(deals):
        Deal.objects.filter(pk=deal.pk).update(trashed_at=moment(20 * number, seconds=30))
    Deal.objects.filter(pk=deals[0].pk).update(trashed_at=moment(59))  # at the same moment as a follow

    def shown(address: str):
        return browser.get(address).context

    first = shown(reverse("activities:trash"))
    second = shown(reverse("activities:trash") + first["shown"].next)

    both = [record for page in (first, second) for _kind, record, *_ in page["rows"]]
    assert (len(first["rows"]), len(both), len({record.pk for record in both})) == (50, 63, 63)
    assert both == sorted(both, key=lambda record: (record.trashed_at, record.pk), reverse=True)
    assert (first["shown"].previous, second["shown"].next) == (None, None)
    back = shown(reverse("activities:trash") + second["shown"].previous)
    assert [row[1] for row in back["rows"]] == [row[1] for row in first["rows"]]
    assert browser.get(reverse("activities:trash"), {"after": "nothing"}).status_code == 404


def moment(minutes: int, *, seconds: int = 0) -> datetime:
    return datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=minutes, seconds=seconds)
