from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.deals import operations, queries
from apps.deals.models import Deal, LostReason
from apps.deals.vocabulary import Cause, LostKind
from tests.deals.dealing import NOW

REASONS = "/settings/lost-reasons/"


def labels():
    return [reason.label for reason in queries.lost_reasons()]


@pytest.fixture
def reason(db):
    return LostReason.objects.get(label="機能が足りなかった")


def test_reasons_stand_under_their_causes(logged_in, admin):
    causes = dict(logged_in(admin).get(REASONS).context["causes"])

    assert list(causes) == list(Cause)
    assert [reason.label for reason in causes[Cause.CUSTOMER]] == ["計画が中止になった", "計画が延期になった"]


def test_a_new_reason_can_be_given(logged_in, admin):
    logged_in(admin).post(REASONS, {"label": "担当が代わった", "cause": "customer"})

    assert LostReason.objects.get(label="担当が代わった").cause == Cause.CUSTOMER


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"label": "機能が足りなかった", "cause": "selling"}, "label"),
        ({"label": " ", "cause": "selling"}, "label"),
        ({"label": "新しい理由", "cause": "weather"}, "cause"),
    ],
)
def test_what_makes_no_reason_is_refused_at_its_field(logged_in, admin, given, fault):
    response = logged_in(admin).post(REASONS, given)

    assert list(response.context["form"].errors) == [fault]


def test_a_retired_reason_is_offered_no_more_until_it_is_brought_back(logged_in, admin, reason):
    browser = logged_in(admin)
    before = labels()

    browser.post(reverse("deals:retire-lost-reason", args=[reason.pk]))
    meanwhile = labels()
    browser.post(reverse("deals:bring-back-lost-reason", args=[reason.pk]))

    assert meanwhile == [label for label in before if label != reason.label]
    assert labels() == before


def test_only_an_admin_changes_the_reasons(logged_in, manager, reason):
    browser = logged_in(manager)
    urls = [REASONS, reverse("deals:retire-lost-reason", args=[reason.pk])]

    assert browser.get(REASONS).status_code == 403
    assert [browser.post(url, {"label": "x", "cause": "selling"}).status_code for url in urls] == [403, 403]
    assert len(labels()) == 10


def test_a_reason_that_was_retired_stays_where_it_was_given(rep, admin, whole, reason):
    deal = operations.lose(whole, on=date(2026, 10, 10), kind=LostKind.NEVER, reason=reason, by=rep, at=NOW)

    operations.retire_lost_reason(reason, by=admin, at=NOW)

    assert not queries.lost_reasons().filter(pk=reason.pk).exists()
    assert Deal.objects.get(pk=deal.pk).lost_reason == reason


def test_two_reasons_do_not_share_a_name(admin, reason):
    with pytest.raises(operations.ReasonTaken):
        operations.add_lost_reason(label=reason.label, cause=Cause.CUSTOMER, by=admin, at=timezone.now())
