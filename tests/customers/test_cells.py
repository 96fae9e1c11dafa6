import pytest
from django.urls import reverse
from django.utils import timezone

from apps.customers import operations
from apps.customers.models import Company, Contact
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機", phone="053-111-2222")


def cell(record, field: str) -> str:
    return reverse(f"customers:{record._meta.model_name}-cell", args=[record.pk, field])


def test_a_value_becomes_its_field_and_the_field_its_value(browser, company):
    asked = browser.get(cell(company, "phone"), headers=HTMX)
    assert (list(asked.context_data["form"].fields), "<html" in asked.content.decode()) == (
        ["phone", "version"],
        False,
    )

    answer = browser.post(cell(company, "phone"), {"phone": "0120-333", "version": 1}, headers=HTMX)

    assert "0120-333" in answer.content.decode()
    assert (Company.objects.get().phone, Company.objects.get().version) == ("0120-333", 2)


def test_without_script_the_field_has_a_page_of_its_own_and_leads_on(browser, company):
    assert "<html" in browser.get(cell(company, "phone")).content.decode()

    assert (
        browser.post(cell(company, "phone"), {"phone": "1", "version": 1}).url == company.get_absolute_url()
    )


def test_what_is_wrong_stands_beside_the_field(browser, company):
    contact = factories.make_contact(company)

    answer = browser.post(cell(contact, "email"), {"email": "nobody", "version": 1}, headers=HTMX)

    assert (list(answer.context_data["form"].errors), 'class="err"' in answer.content.decode()) == (
        ["email"],
        True,
    )
    assert Contact.objects.get(pk=contact.pk).email == ""


def test_a_conflict_shows_both_values_who_and_when_and_one_chooses(browser, company, manager):
    operations.change_company(company, phone="0120-999", by=manager, at=timezone.now())

    answer = browser.post(cell(company, "phone"), {"phone": "0120-333", "version": 1}, headers=HTMX)

    shown = answer.content.decode()
    assert all(words in shown for words in ("0120-333", "0120-999", manager.name))
    assert Company.objects.get().phone == "0120-999"
    again = answer.context_data["form"]["version"].value()
    browser.post(cell(company, "phone"), {"phone": "0120-333", "version": again}, headers=HTMX)
    assert Company.objects.get().phone == "0120-333"


def test_only_the_fields_of_the_list_are_cells_and_who_only_reads_changes_none(
    browser, company, logged_in, executive
):
    assert browser.get(cell(company, "source")).status_code == 404
    assert logged_in(executive).get(cell(company, "phone")).status_code == 403


@pytest.mark.parametrize(
    ("field", "sent", "shown"),
    [
        ("website", "example.com", "https://example.com"),
        ("employees", "120", "120名"),
        ("industry", "E", "製造業"),
        ("area", "静岡県", "静岡県"),
        ("buying_months", ["4", "9"], "4月・9月"),
        ("note", "朝は\n不在", "朝は<br>不在"),
    ],
)
def test_every_fact_of_the_page_changes_where_it_stands(browser, company, field, sent, shown):
    answer = browser.post(cell(company, field), {field: sent, "version": 1}, headers=HTMX).content.decode()

    assert shown in answer
    assert answer.strip() in browser.get(company.get_absolute_url()).content.decode()


def test_a_refusal_that_is_no_conflict_names_nobody(browser, company, manager, logged_in):
    answer = browser.post(cell(company, "area"), {"area": "どこか", "version": 1}, headers=HTMX)

    assert answer.context_data["form"].present is None
    assert "見つかりません" in answer.content.decode()
