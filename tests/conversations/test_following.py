"""Two companies become one, and two again: what was said and laid beside each goes along and finds home."""

import pytest
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.conversations import operations, queries
from apps.customers import operations as customers
from tests import factories


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


def beside(record) -> set[str]:
    said = queries.comments(about=record).values_list("text", flat=True)
    laid = queries.attachments(about=record).values_list("name", flat=True)
    return {*said, *laid}


@pytest.fixture
def two(rep):
    survivor, other = factories.make_company("北浜精機"), factories.make_company("北浜精機(株)")
    factories.make_comment(survivor, by=rep, text="残る会社で")
    factories.make_comment(other, by=rep, text="もう一つの会社で")
    factories.make_file(other, by=rep, name="一覧.csv")
    return survivor, other


def test_what_is_beside_the_other_follows(two):
    survivor, other = two

    customers.merge(survivor, other=other, **deed())

    assert beside(survivor) == {"残る会社で", "もう一つの会社で", "一覧.csv"}
    assert beside(other) == set()


def test_parted_each_has_its_own_again_and_what_was_said_since_stays(two, rep):
    survivor, other = two
    merge = customers.merge(survivor, other=other, **deed())
    factories.make_comment(survivor, by=rep, text="統合してから")

    parted = customers.unmerge(merge, **deed())

    assert (beside(survivor), beside(other)) == (
        {"残る会社で", "統合してから"},
        {"もう一つの会社で", "一覧.csv"},
    )
    assert parted.stayed == 0


def test_what_was_taken_back_meanwhile_goes_along_too(two, rep):
    survivor, other = two
    merge = customers.merge(survivor, other=other, **deed())
    comment = queries.comments(about=survivor).get(text="もう一つの会社で")
    operations.take_back_comment(comment, by=rep, at=timezone.now())
    customers.unmerge(merge, **deed())
    operations.restore_comment(comment, by=rep, at=timezone.now())

    assert "もう一つの会社で" in beside(other)


def test_contacts_keep_theirs_likewise(rep):
    company = factories.make_company()
    survivor, other = (factories.make_contact(company, name=name) for name in ("佐藤 一", "佐藤一"))
    factories.make_comment(other, by=rep, text="部長に昇進")

    merge = customers.merge(survivor, other=other, **deed())
    joined = beside(survivor)
    customers.unmerge(merge, **deed())

    assert (joined, beside(survivor), beside(other)) == ({"部長に昇進"}, set(), {"部長に昇進"})
