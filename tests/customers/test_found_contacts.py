"""Contacts are found by their own name and their company's, however both are written."""

import pytest
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.customers import operations
from apps.customers.models import Company, Contact
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def yamaguchi():
    company = factories.make_company("北浜精機株式会社", reading="きたはませいき")
    factories.make_contact(name="別 人", reading="べつ ひと")
    return factories.make_contact(company, name="山口 誠一", reading="ヤマグチ セイイチ")


@pytest.mark.parametrize(
    "words",
    ["山口", "山口誠一", "ﾔﾏｸﾞﾁ", "やまぐち", "yamaguchi", "YAMAG", "北浜 山口", "kitahama seiichi", "㈱北浜"],
)
def test_a_contact_is_found(yamaguchi, words):
    assert list(Contact.objects.found_by(words)) == [yamaguchi]


def test_a_contact_is_found_by_the_name_they_have_now(yamaguchi):
    operations.change_contact(
        yamaguchi, name="佐々木 誠一", reading="ささき せいいち", by=SYSTEM, at=timezone.now()
    )

    assert [list(Contact.objects.found_by(words)) for words in ("sasaki", "yamaguchi")] == [[yamaguchi], []]


def test_a_company_is_found_by_the_sound_of_its_name(yamaguchi):
    assert list(Company.objects.found_by("kitahama")) == [yamaguchi.company]
