"""A stolen laptop, a person who left, a role taken away: every door knows with the next request."""

import pytest
from django.utils import timezone

from apps.accounts import operations
from apps.accounts.models import SYSTEM
from apps.accounts.vocabulary import Role
from tests import factories
from tests.architecture.routes import TOKEN
from tests.client import TenantClient
from tests.tenancy.asking import ask, made_token, path_to, reading, text_of, writing

pytestmark = pytest.mark.django_db


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


def came_in(planted, person) -> TenantClient:
    """By the door, with a token as well."""
    client = TenantClient(planted.tenant, headers={"authorization": f"Bearer {made_token(person)}"})
    client.post("/login/", {"username": person.email, "password": factories.PASSWORD})
    return client


def at_every_door(client, planted):
    """(route, method, status, whether it told anything) for pages, parts of pages, files and the API."""
    return [
        (route, method, response.status_code, planted.canary in text_of(response))
        for route, method in [*((route, "GET") for route in reading()), *writing()]
        for response in [ask(client, method, path_to(route, planted.ids))]
    ]


def let_in(answers, *, by):
    asked = [answer for answer in answers if (answer[0].asks_for == TOKEN) == (by == TOKEN)]
    assert len(asked) > 20
    return [answer for answer in asked if answer[2] != (401 if by == TOKEN else 302) or answer[3]]


def test_a_login_that_was_ended_opens_no_page(in_alpha):
    second = factories.make_user(Role.ADMIN)
    stolen = came_in(in_alpha, second)
    before = stolen.get("/settings/users/").status_code

    operations.end_login(second.logins.get(), **deed())

    assert before == 200
    assert let_in(at_every_door(stolen, in_alpha), by="session") == []


def test_a_person_who_left_comes_in_by_no_door(in_alpha):
    second = factories.make_user(Role.ADMIN)
    client = came_in(in_alpha, second)
    before = (client.get("/settings/users/").status_code, client.get("/api/v1/users/").status_code)

    operations.deactivate_user(second, **deed())
    answers = at_every_door(client, in_alpha)

    assert before == (200, 200)
    assert let_in(answers, by="session") == let_in(answers, by=TOKEN) == []


def test_a_role_taken_away_leaves_what_anybody_without_it_has(in_alpha):
    second, other = factories.make_user(Role.ADMIN), factories.make_user(Role.FIELD_SALES)
    client = came_in(in_alpha, second)
    as_admin = statuses(client, in_alpha)

    operations.change_user(second, name=second.name, email=second.email, roles=[Role.FIELD_SALES], **deed())

    after = statuses(client, in_alpha)
    assert after == statuses(came_in(in_alpha, other), in_alpha)
    assert len([name for name in after if after[name] != as_admin[name]]) > 10


def statuses(client, planted):
    return {route.name: ask(client, "GET", path_to(route, planted.ids)).status_code for route in reading()}
