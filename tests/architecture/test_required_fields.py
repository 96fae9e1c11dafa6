"""Input is kept minimal: no form demands more than seven things, a follow only three: who, how, what came of it."""

from collections import Counter
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from tests.architecture.routes import LOGIN
from tests.tenancy.asking import path_to, reading, text_of, visitor
from tests.tenancy.canary import planted

MOST = 7
BEGUN = {
    "activities:record-follow": "company",
    "activities:plan-visit": "company",
    "deals:open": "company",
}
"""Forms that begin with the choice of a company, and the name under which the address says it."""


@pytest.fixture
def asked(db, alpha):
    """Of each form of each page: the page's name, where it is sent to, and the names of what it demands."""
    world = planted(alpha)
    browser = visitor(world)
    pages = [(route.name, path_to(route, world.ids)) for route in reading() if route.asks_for == LOGIN]
    company = world.ids["company_id"]
    pages += [(name, f"{reverse(name)}?{word}={company}") for name, word in BEGUN.items()]
    found = []
    for name, path in pages:
        forms = Forms()
        forms.feed(text_of(browser.get(path)))
        found += [(name, action, demanded) for action, demanded in forms.found]
    return found


def test_no_form_demands_more_than_seven_things(asked):
    counted = {(name, action): len(demanded) for name, action, demanded in asked}

    assert {form: count for form, count in counted.items() if count > MOST} == {}
    assert Counter(counted.values())[0] < len(counted)  # the walk does see what is demanded


def test_a_follow_demands_how_and_what_came_of_it_once_it_is_said_who(asked):
    demanded = [
        names for name, action, names in asked if name == "activities:record-follow" and "kind" in names
    ]

    assert demanded == [{"kind", "outcome"}]


class Forms(HTMLParser):
    """The forms of a page, each with the names of the fields that it demands."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.found.append((given.get("action") or "", set()))
        elif "required" in given and given.get("type") != "hidden":
            self.found[-1][1].add(given["name"])
