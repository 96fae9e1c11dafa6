import pytest
from django.test import RequestFactory
from django.urls import reverse

from apps.accounts.vocabulary import Role
from apps.base.navigation import GROUPS, PHONE, navigation
from tests import factories


def current(path):
    groups = navigation(RequestFactory().get(path))["navigation"]
    return [item["url"] for group in groups for item in group["items"] if item["current"]]


def test_every_place_of_the_menu_is_a_page(logged_in, rep):
    browser = logged_in(rep)
    places = [place for _label, places in GROUPS for place in places] + PHONE

    assert {place.name: browser.get(reverse(place.name)).status_code for place in places} == {
        place.name: 200 for place in places
    }


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/settings/users/add/", ["accounts:settings"]),
        ("/follows/record/", ["activities:follows"]),
        ("/deals/", ["deals:list"]),
        ("/nowhere/", []),
    ],
)
def test_the_menu_says_where_one_is(path, names):
    assert current(path) == [reverse(name) for name in names]


def test_on_the_phone_recording_is_a_place_of_its_own():
    items = navigation(RequestFactory().get("/capture/"))["navigation_phone"]

    assert [item["icon"] for item in items if item.get("current")] == ["plus"]


@pytest.mark.parametrize("of", [Role.MARKETING, Role.EXECUTIVE])
def test_who_may_not_record_is_not_offered_the_line(logged_in, rep, of):
    for person, offered in [(rep, True), (factories.make_user(of), False)]:
        browser = logged_in(person)
        for path in ("/today/", "/deals/"):
            words = browser.get(path).content.decode()
            assert ("/capture/" in words) is offered, (person.roles, path)


def test_the_shell_asks_the_database_nothing(rep, django_assert_num_queries):
    request = RequestFactory().get("/deals/")
    request.user = rep

    with django_assert_num_queries(0):
        shown = navigation(request)
        told = (len(shown["navigation"]), len(shown["navigation_phone"]), shown["me"]["line"])

    assert told == (3, 5, "フィールドセールス")
