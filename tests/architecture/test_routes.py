"""Every route is known, says which methods it takes, and asks who you are unless it is one of a few."""

from tests.architecture.routes import NOBODY, PRINTED, as_markdown, routes

OPEN_TO_ALL = {
    "accounts:login": "the door itself",
    "accounts:logout": "leaving twice is no fault",
    "accounts:speak": "who reads the login page chooses its language",
    "accounts:forgotten-password": "who forgot it cannot log in",
    "accounts:second-step": "who is asked for, has given the password only",
    "accounts:take-password": "the link in the mail says who it is",
    "activities:calendar": "the secret in the address says whose it is: calendar programs cannot log in",
    "inbox:manifest": "a browser asks for it without anybody",
    "inbox:worker": "as above",
    "inbox:offline": "laid up before anybody is there, and says only that there is no network",
    "integrations:nothing-here": "says only that there is nothing",
}


def test_the_printed_inventory_is_the_present_one():
    missing = set(as_markdown().splitlines()) ^ set(PRINTED.read_text().splitlines())

    assert missing == set(), "run: python -m tests.architecture.routes"


def test_every_route_asks_who_you_are():
    assert {route.name for route in routes() if route.asks_for == NOBODY} == OPEN_TO_ALL.keys()


def test_every_route_says_which_methods_it_takes():
    # There is nothing there, whatever the method.
    assert [route.name for route in routes() if route.methods is None] == ["integrations:nothing-here"]


def test_every_route_has_a_name_of_its_own():
    names = [(route.name, route.path.endswith("<format>")) for route in routes()]

    assert sorted({name for name, _ in names if names.count((name, False)) > 1}) == []
