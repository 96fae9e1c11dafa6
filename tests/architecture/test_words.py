"""Each language is whole: English shows no Japanese but what people wrote, Japanese no English sentence."""

import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import queries as accounts
from apps.activities.models import IssueKind
from apps.customers.models import Company, LeadSource
from apps.deals import operations as deals
from apps.deals.models import LostReason
from apps.deals.vocabulary import LostKind
from config import translations
from tests import factories
from tests.architecture.source import JAPANESE
from tests.tenancy.asking import ask, path_to, reading, text_of, visitor, writing
from tests.tenancy.canary import planted

THREE_WORDS = re.compile(r"[A-Za-z]{2,}(?:[ ,'’]+[A-Za-z]{2,}){2,}")
SPOKEN_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-label", "data-words"}
SCRIPTS_OWN = "integrations:docs"
"""A page of a library's script; what it shows is the schema, which is asked by itself."""
ONLY_DATA = {SCRIPTS_OWN, "reviews:table-xlsx", "accounts:disclose-person"}
"""Not read here: a book of numbers, and what is kept about a person in the words that it was kept in."""


def test_the_english_catalogue_is_complete_and_of_the_present_texts():
    assert translations.faults() == []


def test_english_shows_no_japanese_but_what_people_wrote(world):
    browser = speaking("en", world)

    said = {name: without_data(text, world) for name, text in everything_read(browser, world)}

    assert {name: found for name, text in said.items() if (found := lines_with(JAPANESE, text))} == {}


def test_english_refuses_in_english(world):
    browser = speaking("en", world)

    said = {name: without_data(text, world) for name, text in everything_sent_empty(browser, world)}

    assert {name: found for name, text in said.items() if (found := lines_with(JAPANESE, text))} == {}


def test_japanese_pages_show_no_english_sentence(world):
    browser = speaking("ja", world)

    pages = [*everything_read(browser, world), *everything_sent_empty(browser, world)]
    said = {name: visible(text) for name, text in pages if text.lstrip().startswith("<")}

    assert {name: found for name, text in said.items() if (found := lines_with(THREE_WORDS, text))} == {}


def test_japanese_refuses_in_japanese(world):
    browser = speaking("ja", world)
    answers = {
        f"{method} {route.name}": ask(browser, method, path_to(route, world.ids))
        for route, method in writing()
        if route.path.startswith("api/") and method != "DELETE"
    }

    refused = {name: response.json() for name, response in answers.items() if response.status_code >= 400}

    assert refused
    assert {name: given for name, given in refused.items() if not JAPANESE.search(given["title"])} == {}
    said = {name: f"{given['detail']} {given.get('errors')}" for name, given in refused.items()}
    assert {name: found for name, text in said.items() if (found := lines_with(THREE_WORDS, text))} == {}


@pytest.fixture
def world(db, alpha):
    """One of everything, and a deal of each ending."""
    world = planted(alpha, canary="Canary")
    company = Company.objects.get(pk=world.ids["company_id"])
    won, lost = (
        factories.make_deal(world.admin, company=company, name=world.canary, amount=1) for _ in range(2)
    )
    now = timezone.now()
    given = {"on": timezone.localdate(now), "by": world.admin, "at": now}
    deals.win(won, amount=120_000, **given)
    reason = LostReason.objects.get(pk=world.ids["reason_id"])
    deals.lose(lost, kind=LostKind.NEVER, reason=reason, **given)
    factories.make_visit(world.admin, company=company, starts_at=now + timedelta(days=1))
    world.ids["ended"] = [won.pk, lost.pk]
    return world


def speaking(language, world):
    browser = visitor(world)
    browser.post(reverse("accounts:choose-language"), {"language": language})
    return browser


def everything_read(browser, world):
    for route in reading():
        if route.name not in ONLY_DATA:
            yield route.name, text_of(browser.get(path_to(route, world.ids)))
    yield "no page at all", text_of(browser.get("/no-such-page/"))
    for deal in world.ids["ended"]:
        for name in ("deals:deal", "deals:reopen", "deals:history", "activities:of-deal"):
            yield f"{name} {deal}", text_of(browser.get(reverse(name, args=[deal])))


def everything_sent_empty(browser, world):
    """What each route says to a form or body without anything in it, before anything is deleted."""
    for route, method in writing():
        if method != "DELETE" and route.name not in ONLY_DATA:
            yield f"{method} {route.name}", text_of(ask(browser, method, path_to(route, world.ids)))


def without_data(text, world):
    """What is left after taking out what people wrote, and languages' own names."""
    written = [world.tenant.name, "日本語", "会社名"]  # the last heads a column of the planted import
    written += [grade.name for grade in accounts.grades()]
    written += LeadSource.objects.values_list("name", flat=True)
    written += LostReason.objects.values_list("label", flat=True)
    for kind in IssueKind.objects.all():
        written += [kind.label, kind.words]
    for words in sorted(written, key=len, reverse=True):
        text = text.replace(words, "")
    return text


def lines_with(pattern, text):
    return [line.strip()[:200] for line in text.splitlines() if pattern.search(line)]


def visible(page):
    """What a reader sees or hears of a page, a piece per line."""
    words = Words()
    words.feed(page)
    return "\n".join(words.found)


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.silent = False

    def handle_starttag(self, tag, attributes):
        self.silent = tag in ("script", "style")
        self.found += [unescape(value) for name, value in attributes if name in SPOKEN_ATTRIBUTES and value]

    def handle_data(self, text):
        if not self.silent:
            self.found.append(text)
