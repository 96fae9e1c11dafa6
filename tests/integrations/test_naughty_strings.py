"""The Big List of Naughty Strings through every text field of three forms and of their API.

What a field takes is stored intact but for the documented normalisation (outer blanks trimmed, CRLF and CR to LF);
what it refuses (empty, too long, control characters) is refused with a sentence. Never a 5xx.
"""

import unicodedata

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.base.models import new_id
from apps.customers.models import Company, Contact
from apps.deals.models import Deal
from tests import factories, naughty
from tests.integrations.api import Program

# Every plain text field with its longest length; the first is required where `needs` says so.
COMPANY = {"name": 200, "reading": 300, "phone": 30, "postal_code": 10, "address": 300, "note": 10_000}
CONTACT = {"name": 100, "reading": 200, "department": 100, "title": 100, "phone": 30, "note": 10_000}
DEAL = {"name": 200, "plan": 200, "next_action": 300}


@pytest.fixture(scope="module")
def strings() -> list[str]:
    found = naughty.big_list()
    assert len(found) == 515
    return found


def normalised(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def must_be_refused(text: str, *, longest: int, required: bool) -> bool:
    kept = normalised(text)
    controls = any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in kept)
    return controls or len(kept) > longest or (required and not kept)


def refused_fields(text: str, fields: dict[str, int], required: str) -> set[str]:
    return {
        name
        for name, longest in fields.items()
        if must_be_refused(text, longest=longest, required=name == required)
    }


class Door:
    """One way in: a form's page or its API. `send` returns the fields refused, or the record made."""

    def __init__(self, model, fields: dict[str, int], required: str) -> None:
        self.model, self.fields, self.required = model, fields, required

    def hold(self, send, strings: list[str]) -> None:
        for text in strings:
            wrong = refused_fields(text, self.fields, self.required)
            given = dict.fromkeys(self.fields, text)
            if wrong:
                refused, made = send(given)
                assert (refused, made) == (wrong, None), ascii(text)
                given = {name: value for name, value in given.items() if name not in wrong}
                given.setdefault(self.required, "代わり") if self.required else None
            refused, made = send(given)
            assert refused == set(), ascii(text)
            stored = {name: getattr(made, name) for name in given}
            assert stored == {name: normalised(value) for name, value in given.items()}, ascii(text)


def as_page(browser, url: str, model, more: dict):
    def send(given: dict[str, str]):
        answer = browser.post(url, {"key": str(new_id())} | more | given)
        if answer.status_code == 302:
            return set(), model.objects.latest("id")
        assert answer.status_code == 200
        errors = answer.context["form"].errors
        assert all(len(sentence) > 3 for sentences in errors.values() for sentence in sentences)
        return set(errors), None

    return send


def as_program(program: Program, path: str, model, more: dict):
    def send(given: dict[str, str]):
        answer = program.post(path, more | given)
        if answer.status_code == 201:
            return set(), model.objects.get(pk=answer.json()["id"])
        assert answer.status_code == 400
        errors = answer.json()["errors"]
        assert all(len(error["detail"]) > 3 for error in errors)
        return {error["field"] for error in errors}, None

    return send


@pytest.fixture
def door_of(logged_in, alpha, rep):
    company = factories.make_company()
    page_of = {
        "company": (reverse("customers:add-company"), Company, {"apart": "yes"}),
        "contact": (reverse("customers:add-contact", args=[company.pk]), Contact, {}),
        "deal": (f"{reverse('deals:open')}?company={company.pk}", Deal, {"company": company.pk}),
    }
    path_of = {
        "company": ("companies/", Company, {}),
        "contact": ("contacts/", Contact, {"company": str(company.pk)}),
        "deal": ("deals/", Deal, {"company": str(company.pk), "owner": str(rep.pk)}),
    }

    def door(kind: str, way: str):
        if way == "page":
            return as_page(logged_in(rep), *page_of[kind])
        return as_program(Program(alpha, rep), *path_of[kind])

    return door


@pytest.mark.parametrize("way", ["page", "api"])
@pytest.mark.parametrize(
    ("kind", "model", "fields", "required"),
    [("company", Company, COMPANY, "name"), ("contact", Contact, CONTACT, "name"), ("deal", Deal, DEAL, "")],
)
def test_all_515_are_kept_or_refused_with_a_sentence(strings, door_of, way, kind, model, fields, required):
    started = timezone.now()

    Door(model, fields, required).hold(door_of(kind, way), strings)

    assert model.objects.filter(created_at__gte=started).count() == len(strings)
