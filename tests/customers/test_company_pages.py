from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.customers import operations
from apps.customers.models import Company, Contact
from apps.journal.models import Entry
from apps.tenancy.context import inside
from tests import factories
from tests.client import without_tokens
from tests.naughty import KEPT, REFUSED


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社", reading="きたはませいき")


def opened(browser, url) -> dict:
    """The hidden fields of a form as the browser got it."""
    form = browser.get(url).context["form"]
    return {field.name: str(field.value()) for field in form.hidden_fields()}


# ── the list ───────────────────────────────────────────────────────────────────────────────────────


def names(response) -> list[str]:
    return [company.name for company in response.context["listing"].rows]


@pytest.mark.parametrize(
    "words", ["北浜", "ｷﾀﾊﾏ", "キタハマ", "北浜精機(株)", "株式会社　北浜", "きたはま 精機"]
)
def test_a_company_is_found_however_its_name_is_written(browser, company, words):
    factories.make_company("東雲物流")

    response = browser.get(reverse("customers:companies"), {"q": words})

    assert names(response) == ["北浜精機株式会社"]


def test_the_list_is_by_reading_and_counts(browser):
    for name, reading in [("乙", "おつ"), ("甲", "こう"), ("丙", "へい")]:
        factories.make_company(name, reading=reading)

    response = browser.get(reverse("customers:companies"))

    assert names(response) == ["乙", "甲", "丙"]
    assert "3社" in response.content.decode()


def test_a_long_list_goes_on(browser, rep):
    at = timezone.now()
    facts = [{"name": f"会社{n}", "reading": f"かいしゃ{n:03}"} for n in range(60)]
    operations.add_companies(companies=facts, by=rep, at=at)

    first = browser.get(reverse("customers:companies"), {"q": "会社"})
    second = browser.get(reverse("customers:companies") + first.context["listing"].slice.next)

    assert names(first) + names(second) == [fact["name"] for fact in facts]
    assert second.context["listing"].asked.words == "会社"


def test_a_list_without_companies_says_what_to_do(browser):
    content = browser.get(reverse("customers:companies")).content.decode()

    assert "まだ顧客がいません" in content
    assert reverse("customers:add-company") in content


def test_words_that_find_nothing_say_so(browser, company):
    assert "見つかりませんでした" in browser.get("/companies/", {"q": "存在しない会社"}).content.decode()


@pytest.mark.parametrize("address", ["?after=%00", "?after=bm90anNvbg", "?after=WyJhIiwieCJd", "?after=W10"])
def test_a_made_up_cursor_leads_nowhere(browser, address):
    assert browser.get(reverse("customers:companies") + address).status_code == 404


@pytest.mark.parametrize("words", [*KEPT, *REFUSED])
def test_no_words_break_the_search(browser, company, words):
    assert browser.get(reverse("customers:companies"), {"q": words}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(browser, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_company()

    with django_assert_num_queries(8):
        browser.get(reverse("customers:companies"))


def test_searching_swaps_in_what_a_reload_would_show(browser, company):
    asked = {"q": "北浜"}
    part = browser.get(
        reverse("customers:companies"), asked, headers={"HX-Request": "true", "HX-Target": "company-rows"}
    )

    assert without_tokens(part).strip() in without_tokens(browser.get(reverse("customers:companies"), asked))


# ── one company ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_people(browser, company, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_contact(company)

    with django_assert_num_queries(7):
        browser.get(company.get_absolute_url())


def test_a_company_in_the_trash_has_no_page(logged_in, browser, company, manager):
    operations.trash_company(company, by=manager, at=timezone.now())

    assert browser.get(company.get_absolute_url()).status_code == 404


def test_another_tenants_company_does_not_exist_here(browser, beta):
    with inside(beta):
        theirs = factories.make_company("よその会社")

    pages = ["company", "change-company", "add-contact"]
    assert {browser.get(reverse(f"customers:{p}", args=[theirs.pk])).status_code for p in pages} == {404}


# ── adding and changing ────────────────────────────────────────────────────────────────────────────


def test_a_company_is_added_and_shown(browser):
    url = reverse("customers:add-company")

    response = browser.post(
        url, opened(browser, url) | {"name": " 北浜精機\r\n", "phone": "03-1"}, follow=True
    )

    company = Company.objects.get()
    assert (company.name, company.phone, company.source) == ("北浜精機", "03-1", "page")
    assert response.redirect_chain == [(company.get_absolute_url(), 302)]
    assert "顧客を加えました。" in response.content.decode()


def test_a_form_that_is_sent_twice_adds_one_company(browser):
    url = reverse("customers:add-company")
    sent = opened(browser, url) | {"name": "北浜精機"}

    first, second = browser.post(url, sent), browser.post(url, sent, follow=True)

    assert Company.objects.count() == 1
    assert second.redirect_chain == [(first["Location"], 302)]
    assert "もう記録してあります" in second.content.decode()


def test_a_form_without_its_key_says_to_open_it_again(browser):
    response = browser.post(reverse("customers:add-company"), {"name": "北浜精機", "key": "何か"})

    assert response.context["form"].non_field_errors() == ["画面を開き直してから、もう一度保存してください。"]
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"name": ""}, "name", "入力してください。"),
        ({"name": "　\n "}, "name", "入力してください。"),
        ({"website": "社内"}, "website", "有効なURLを入力してください。"),
        ({"name": "あ\x07"}, "name", "見えない制御文字が入っています。消してからもう一度保存してください。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser, given, field, sentence):
    url = reverse("customers:add-company")

    response = browser.post(url, opened(browser, url) | {"name": "北浜精機"} | given)

    assert response.context["form"].errors[field] == [sentence]
    assert not Company.objects.exists()


def test_a_name_that_is_too_long_is_refused_with_a_sentence(browser):
    url = reverse("customers:add-company")

    response = browser.post(url, opened(browser, url) | {"name": "あ" * 201})

    assert response.context["form"].errors.keys() == {"name"}


@pytest.mark.parametrize("text", KEPT)
def test_any_text_is_kept_as_it_was_typed(browser, text):
    url = reverse("customers:add-company")

    browser.post(url, opened(browser, url) | {"name": text, "note": text})

    company = Company.objects.get()
    assert (company.name, company.note) == (text, text)
    assert browser.get(company.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("field", ["name", "note", "website", "phone"])
def test_control_characters_are_refused_at_every_field(browser, text, field):
    url = reverse("customers:add-company")

    response = browser.post(url, opened(browser, url) | {"name": "北浜精機"} | {field: text})

    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])


def test_a_stale_save_names_what_stands_there_and_loses_nothing(browser, company, rep):
    url = reverse("customers:change-company", args=[company.pk])
    sent = opened(browser, url) | {"name": "北浜精機", "phone": "03-2222"}
    operations.change_company(company, phone="03-1111", by=rep, at=timezone.now())

    response = browser.post(url, sent)

    form = response.context["form"]
    assert form.non_field_errors() == ["開いている間に、ほかの人が変更しました。今の内容を確かめてください。"]
    assert form.errors["phone"] == ["今は「03-1111」です。"]
    assert form["phone"].value() == "03-2222"
    assert Company.objects.get().phone == "03-1111"


def test_a_conflict_names_who_wrote_the_other_version_and_not_who_did_something_else_since(
    browser, company, rep, manager
):
    url = reverse("customers:change-company", args=[company.pk])
    sent = opened(browser, url) | {"name": "北浜精機", "phone": "03-2222"}
    at = timezone.now()
    operations.change_company(company, phone="03-1111", by=manager, at=at)
    Entry.objects.filter(event="company.changed").update(at=at + timedelta(milliseconds=20))
    factories.make_comment(company, by=rep)
    Entry.objects.filter(event="comment.written").update(at=at + timedelta(seconds=4))

    shown = browser.post(url, sent).content.decode()

    assert f"今の内容・{manager.name} {timezone.localtime(at):%H:%M}</small>" in shown
    assert f"{rep.name} {timezone.localtime(at):%H:%M}" not in shown


def test_after_a_conflict_the_same_form_saves_over_it(browser, company, rep):
    url = reverse("customers:change-company", args=[company.pk])
    sent = opened(browser, url) | {"name": "北浜精機株式会社", "phone": "03-2222"}
    operations.change_company(company, phone="03-1111", by=rep, at=timezone.now())
    form = browser.post(url, sent).context["form"]

    browser.post(url, sent | {"version": form["version"].value()})

    assert Company.objects.get().phone == "03-2222"


def test_a_contact_is_added_changed_and_once_only(browser, company):
    url = reverse("customers:add-contact", args=[company.pk])
    sent = opened(browser, url) | {"name": "山口 一郎", "email": "y@example.com"}
    browser.post(url, sent)
    browser.post(url, sent)
    contact = Contact.objects.get()

    change = reverse("customers:change-contact", args=[contact.pk])
    browser.post(change, opened(browser, change) | {"name": "山口 一郎", "title": "部長"})

    contact.refresh_from_db()
    assert (contact.company, contact.title, contact.email, contact.version) == (company, "部長", "", 2)


# ── choosing ───────────────────────────────────────────────────────────────────────────────────────


def test_choosing_leads_back_to_where_the_company_is_needed(browser, company):
    found = browser.get(reverse("customers:suggest"), {"q": "北浜", "to": "/deals/open/"}).content.decode()

    assert f'href="/deals/open/?company={company.pk}"' in found


@pytest.mark.parametrize("to", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
def test_choosing_leads_nowhere_else(browser, company, to):
    found = browser.get(reverse("customers:suggest"), {"q": "北浜", "to": to}).content.decode()

    assert f'href="/companies/?company={company.pk}"' in found


def test_a_company_that_is_missing_is_added_on_the_way(browser):
    url = reverse("customers:add-company") + "?name=北浜精機&to=/follows/record/"
    form = browser.get(url).context["form"]

    response = browser.post(url, {"name": form["name"].value(), "key": str(form["key"].value())})

    assert response["Location"] == f"/follows/record/?company={Company.objects.get().pk}"


# ── who may ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["add-company", "change-company", "add-contact"])
def test_who_only_reads_is_refused_and_nothing_is_written(logged_in, executive, company, page):
    browser, url = logged_in(executive), reverse("customers:add-company")
    if page != "add-company":
        url = reverse(f"customers:{page}", args=[company.pk])

    answers = [browser.get(url), browser.post(url, {"name": "別名", "version": 1, "key": uuid4()})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (Company.objects.count(), Company.objects.get().name) == (1, "北浜精機株式会社")


def test_links_that_lead_to_no_stand_nowhere(logged_in, executive, company):
    factories.make_contact(company)

    content = logged_in(executive).get(company.get_absolute_url()).content.decode()

    forbidden = ["/change/", f"{company.pk}/trash/", "/record/?", "/plan/?", "/open/?", "/contacts/add/"]
    assert [link for link in forbidden if link in content] == []


def test_a_rep_does_not_trash_a_company(browser, company):
    response = browser.post(reverse("customers:trash-company", args=[company.pk]))

    assert response.status_code == 403
    assert Company.objects.kept().exists()


def test_a_manager_trashes_and_restores_a_company(logged_in, manager, company):
    browser = logged_in(manager)

    browser.post(reverse("customers:trash-company", args=[company.pk]))
    assert not Company.objects.kept().exists()

    browser.post(reverse("customers:restore-company", args=[company.pk]))
    assert Company.objects.kept().exists()


def test_a_company_with_a_deal_says_why_it_stays(logged_in, manager, rep, company):
    factories.make_deal(rep, company=company)

    response = logged_in(manager).post(reverse("customers:trash-company", args=[company.pk]), follow=True)

    assert "案件や活動の記録がある顧客はごみ箱へ移せません。" in response.content.decode()


@pytest.mark.parametrize("page", ["trash-company", "restore-company"])
def test_a_look_changes_nothing(browser, company, page):
    assert browser.get(reverse(f"customers:{page}", args=[company.pk])).status_code == 405
