"""One search finds customers, deals, contacts, deeds and places; it is the palette's list and a page."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.customers import operations
from apps.customers import queries as customers
from apps.integrations.search import queries
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitahama(rep):
    company = factories.make_company("北浜精機株式会社", reading="きたはませいき")
    factories.make_contact(company, name="山口 誠一", reading="やまぐち せいいち")
    factories.make_deal(rep, company=company, name="倉庫の見直し")
    return company


def found(browser, words, **headers):
    """The words of each entry by the heading that it stands under."""
    text = browser.get(reverse("integrations:search"), {"q": words}, headers=headers).content.decode()
    groups = {}
    for section in re.findall(r"<section>(.*?)</section>", text, re.DOTALL):
        heading = re.search(r"<h2>(.*?)</h2>", section)[1]
        entries = re.findall(r"<a .*?</svg>(.*?)</a>", section, re.DOTALL)
        groups[heading] = [" ".join(re.sub(r"<[^>]+>", " ", entry).split()) for entry in entries]
    return groups


@pytest.mark.parametrize("words", ["北浜", "ｷﾀﾊﾏ", "きたはま", "㈱北浜精機", "kitahama"])
def test_a_customer_is_found_with_deals_contacts_and_what_can_be_done(logged_in, rep, kitahama, words):
    groups = {
        heading: [entry.replace(" ", "") for entry in entries]
        for heading, entries in found(logged_in(rep), words).items()
    }

    assert groups["顧客と案件"] == ["北浜精機倉庫の見直し見込み", "北浜精機株式会社", "山口誠一北浜精機"]
    assert groups["すぐできること"] == [
        "北浜精機のフォローを記録",
        "北浜精機への訪問を予定",
        "北浜精機の案件を作る",
    ]


@pytest.mark.parametrize("words", ["北浜 見直し", "kitahama 倉庫", "見直し ㈱北浜精機"])
def test_words_may_name_the_company_and_the_deal(logged_in, rep, kitahama, words):
    factories.make_deal(rep, company=kitahama, name="ほかの話")

    entries = [entry.replace(" ", "") for entry in found(logged_in(rep), words)["顧客と案件"]]

    assert entries == ["北浜精機倉庫の見直し見込み"]


def test_what_is_almost_a_name_leads_to_it(logged_in, rep, kitahama):
    groups = found(logged_in(rep), "北浜精器")

    assert groups["もしかして"] == ["北浜精機株式会社"]
    assert groups["すぐできること"] == ["「 北浜精器 」を顧客に加える"]


def test_a_contact_leads_to_their_company(logged_in, rep, kitahama):
    groups = found(logged_in(rep), "yamaguchi")

    assert groups["顧客と案件"] == ["山口 誠一 北浜精機"]


@pytest.mark.parametrize("words", ["管理", "kanri", "ﾌﾟﾛｾｽ"])
def test_a_page_is_found_by_its_name(logged_in, rep, words):
    assert [entry.replace(" ", "") for entry in found(logged_in(rep), words)["移動"]] == ["管理表GB"]


def test_what_is_not_there_can_be_added(logged_in, rep):
    assert found(logged_in(rep), "新月堂")["すぐできること"] == ["「 新月堂 」を顧客に加える"]


def test_without_words_it_offers_the_recent_companies_and_every_page(logged_in, rep, kitahama):
    groups = found(logged_in(rep), "")

    assert groups["最近の会社"] == ["北浜精機株式会社"]
    assert (len(groups["すぐできること"]), len(groups["移動"])) == (3, 10)


def test_a_legal_form_alone_names_nobody(logged_in, rep, kitahama):
    assert "顧客と案件" not in found(logged_in(rep), "株式会社")


def test_the_trash_is_not_searched(logged_in, rep):
    company = factories.make_company("北浜精機")
    factories.make_contact(company, name="山口 誠一")
    operations.trash_company(company, by=SYSTEM, at=timezone.now())

    assert "顧客と案件" not in found(logged_in(rep), "北浜")


def test_who_only_reads_is_offered_no_deeds(logged_in, executive, kitahama):
    assert list(found(logged_in(executive), "北浜")) == ["顧客と案件"]


def test_the_palette_gets_only_the_list(logged_in, rep):
    answer = logged_in(rep).get(
        reverse("integrations:search"), {"q": "北浜"}, headers={"HX-Request": "true", "HX-Target": "found"}
    )

    assert answer.content.decode().strip().startswith('<div id="found"')


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "%", "\\", "'; --", "a" * 5_000, "\x00", "(", "🗼", "-"]
)
def test_strange_words_find_nothing_quietly(logged_in, rep, kitahama, words):
    answer = logged_in(rep).get(reverse("integrations:search"), {"q": words})

    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize("count", [1, 3])
def test_the_search_costs_the_same_however_much_it_finds(logged_in, rep, count, django_assert_num_queries):
    for number in range(count):
        company = factories.make_company(f"北浜精機{number}")
        factories.make_contact(company)
        factories.make_deal(rep, company=company)
    browser = logged_in(rep)

    with django_assert_num_queries(9):
        browser.get(reverse("integrations:search"), {"q": "北浜"})


@pytest.mark.parametrize("few", [1, 100])
@pytest.mark.parametrize("words", ["北浜", "kitahama", "北浜 山口", "山口", "北浜 相談"])
def test_the_same_is_found_whether_the_words_name_few_companies_or_many(
    logged_in, rep, kitahama, monkeypatch, words, few
):
    another = factories.make_company("北浜商事", reading="きたはましょうじ")
    factories.make_contact(another, name="山口 二郎")
    factories.make_deal(rep, company=another, name="相談")
    expected = queries.records(words)
    monkeypatch.setattr(customers, "FEW", few)

    assert queries.records(words) == expected
    assert expected.deals or expected.contacts
