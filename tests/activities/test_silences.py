from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.activities import operations, queries
from apps.deals.models import Deal
from tests import factories


@pytest.fixture
def deal(rep):
    return factories.make_deal(rep)


def ago(days: int):
    return timezone.now() - timedelta(days=days)


def silence(deal) -> tuple[int, bool]:
    (found,) = queries.silences([deal], today=timezone.localdate() + timedelta(days=10))
    return found.days, found.touched


def test_a_deal_never_touched_is_silent_since_it_was_opened(deal):
    assert silence(deal) == (10, False)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_follow_in_either_direction_touches(deal, rep, direction):
    factories.make_follow(rep, company=deal.company, deal=deal, direction=direction, happened_at=ago(3))

    assert silence(deal) == (13, True)


def test_a_follow_for_the_company_touches_its_deals(deal, rep):
    factories.make_follow(rep, company=deal.company, happened_at=ago(2))

    assert silence(deal) == (12, True)


def test_a_follow_for_another_deal_of_the_company_does_not(deal, rep):
    other = factories.make_deal(rep, company=deal.company)
    factories.make_follow(rep, company=deal.company, deal=other, happened_at=ago(2))

    assert silence(deal) == (10, False)


def test_a_visit_touches_once_it_is_done(deal, rep):
    visit = factories.make_visit(rep, company=deal.company, deal=deal, starts_at=ago(1))
    planned = silence(deal)
    operations.report_visit(visit, result="会えた", by=rep, at=timezone.now())

    assert (planned, silence(deal)) == ((10, False), (11, True))


def test_what_lies_in_the_trash_touches_nothing(deal, rep):
    follow = factories.make_follow(rep, company=deal.company, deal=deal, happened_at=ago(3))
    operations.trash_activity(follow, by=rep, at=timezone.now())

    assert silence(deal) == (10, False)


def test_the_part_says_it_for_each_card(logged_in, rep, deal):
    factories.make_follow(rep, company=deal.company, deal=deal, happened_at=ago(3))

    said = logged_in(rep).get(reverse("activities:silences"), {"deal": deal.pk}).content.decode()

    assert (f'id="silence-{deal.pk}"' in said, "前の連絡 3日前" in said) == (True, True)


def test_what_names_no_deal_is_not_found(logged_in, rep):
    assert logged_in(rep).get(reverse("activities:silences"), {"deal": "x"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_part_costs_the_same_however_many(logged_in, rep, count, django_assert_num_queries):
    named = [factories.make_deal(rep).pk for _ in range(count)]
    browser = logged_in(rep)

    with django_assert_num_queries(QUERIES):
        browser.get(reverse("activities:silences"), {"deal": named})


QUERIES = 7


@pytest.mark.parametrize("days", [1, 2, 13, 14, 15])
def test_many_deals_at_once_are_silent_as_each_of_them_says(rep, days):
    """Every deal with each of its kinds of touch, against `silences`."""
    today = timezone.localdate()
    for number in (0, 1, 3, days - 1, days, days + 1):
        deal = factories.make_deal(rep, opened=ago(number))
        factories.make_follow(rep, company=deal.company, deal=deal, happened_at=ago(number))
        of_company = factories.make_deal(rep, opened=ago(20))
        factories.make_follow(rep, company=of_company.company, happened_at=ago(number))
        other = factories.make_deal(rep, company=of_company.company, opened=ago(20))
        factories.make_follow(rep, company=other.company, deal=other, happened_at=ago(2))
        factories.make_deal(rep, opened=ago(number))
        met = factories.make_deal(rep, opened=ago(20))
        visit = factories.make_visit(rep, company=met.company, deal=met, starts_at=ago(number))
        operations.report_visit(visit, result="会えた", by=rep, at=timezone.now())
    deals = list(Deal.objects.all())

    asked = set(Deal.objects.filter(queries.silent_for(days, today=today)))

    told = {found.deal for found in queries.silences(deals, today=today) if found.days >= days}
    assert (asked, bool(asked), len(asked) < len(deals)) == (told, True, True)
