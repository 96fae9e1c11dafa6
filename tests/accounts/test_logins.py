"""Who is logged in where, and being out with the next request."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations, queries, rules
from apps.accounts.models import SYSTEM, Login, User
from apps.accounts.vocabulary import Role
from apps.tenancy.context import inside
from tests import factories
from tests.client import TenantClient

LOGINS = "/settings/me/logins/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


@pytest.fixture
def came_in(alpha):
    """A browser of this person that came in by the door."""

    def browser(person, agent=CHROME, **environment):
        client = TenantClient(alpha, headers={"user-agent": agent}, **environment)
        entered = client.post("/login/", {"username": person.email, "password": factories.PASSWORD})
        assert entered.status_code == 302
        return client

    return browser


def is_in(browser):
    return browser.get(reverse("accounts:calendar")).status_code == 200


def end(browser, login):
    return browser.post(reverse("accounts:end-login", args=[login.pk]))


def test_a_person_sees_where_they_are_logged_in(came_in, rep, colleague):
    came_in(colleague)
    came_in(rep, PHONE, REMOTE_ADDR="203.0.113.77")
    here = came_in(rep)

    shown = here.get(LOGINS).context["logins"]

    assert [(str(login), login.place) for login in shown] == [
        ("Windows・Chrome", "127.0.0.x"),
        ("iPhone・Safari", "203.0.113.x"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(came_in, rep, count, django_assert_num_queries):
    for _ in range(count):
        browser = came_in(rep)

    with django_assert_num_queries(6):  # the tenant 3, session, user, logins
        browser.get(LOGINS)


def test_a_stolen_laptop_is_out_with_its_next_request(came_in, rep):
    stolen = came_in(rep)
    login = rep.logins.get()
    here = came_in(rep, PHONE)
    before = is_in(stolen)

    end(here, login)

    assert (before, is_in(stolen), is_in(here)) == (True, False, True)
    assert Session.objects.filter(pk=login.session_key).exists() is False


def test_all_others_are_out_and_this_one_stays(came_in, rep):
    others = [came_in(rep), came_in(rep, PHONE)]
    here = came_in(rep)

    here.post(reverse("accounts:end-other-logins"))

    assert [is_in(browser) for browser in (*others, here)] == [False, False, True]
    assert rep.logins.count() == 1


def test_an_admin_ends_anybodys_login_and_a_manager_does_not_even_find_it(came_in, rep, manager, admin):
    stolen = came_in(rep)
    login = rep.logins.get()

    answers = [end(came_in(who), login).status_code for who in (manager, admin)]

    assert (answers, is_in(stolen)) == ([404, 302], False)


def test_the_admin_sees_a_persons_logins_on_their_page(came_in, logged_in, admin, rep):
    came_in(rep, PHONE)

    shown = logged_in(admin).get(reverse("accounts:user", args=[rep.pk]))

    assert [str(login) for login in shown.context["logins"]] == ["iPhone・Safari"]


def test_logging_out_takes_the_line_away(came_in, rep):
    came_in(rep).post(reverse("accounts:logout"))

    assert list(rep.logins.all()) == []


@pytest.mark.parametrize("deed_name", ["deactivate_user", "set_password"])
def test_what_ends_every_session_leaves_no_line(came_in, rep, deed_name):
    browser = came_in(rep)
    given = {"password": "another-long-one"} if deed_name == "set_password" else {}

    getattr(operations, deed_name)(rep, **given, **deed())

    assert (is_in(browser), Login.objects.count(), Session.objects.count()) == (False, 0, 0)


def test_the_own_new_password_leaves_this_line_only(came_in, rep):
    came_in(rep, PHONE)
    here = came_in(rep)

    here.post("/settings/me/password/", {"current": factories.PASSWORD, "password": "quite-another-one"})

    assert [str(login) for login in here.get(LOGINS).context["logins"]] == ["Windows・Chrome"]
    assert here.get(LOGINS).context["here"] == rep.logins.get().session_key


def test_what_ran_out_is_not_shown_and_forgotten_at_the_next_login(came_in, rep):
    came_in(rep, PHONE)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        shown = list(queries.logins_of(rep, at=timezone.now()))
        came_in(rep)

        assert (shown, [str(login) for login in rep.logins.all()]) == ([], ["Windows・Chrome"])


def test_looking_writes_nothing_and_doing_is_seen(came_in, rep):
    browser = came_in(rep)
    began = rep.logins.get().seen_at
    with time_machine.travel(began + timedelta(hours=1), tick=False):
        browser.get(LOGINS)
        looked = rep.logins.get().seen_at
        browser.post("/settings/me/language/", {"language": ""})

        assert (looked, rep.logins.get().seen_at) == (began, timezone.now())


def test_being_seen_costs_one_write_in_five_minutes(came_in, rep, django_assert_num_queries):
    browser = came_in(rep)
    language = {"language": "xx"}
    browser.post("/settings/me/language/", language)

    with django_assert_num_queries(5):  # the tenant 3, session, user
        browser.post("/settings/me/language/", language)


def by_page_and_api(browser, token):
    api = TenantClient(browser.tenant).get("/api/v1/users/", headers={"Authorization": f"Bearer {token}"})
    return browser.get("/settings/users/").status_code, api.status_code


def test_a_role_that_is_taken_away_is_gone_with_the_next_request_on_page_and_api(came_in, admin):
    second = factories.make_user(Role.ADMIN)
    browser = came_in(second)
    token = operations.make_token(second, name="連携", **deed())
    given = {"name": "x", "roles": ["field_sales"]}

    def adds():
        return TenantClient(browser.tenant).post(
            "/api/v1/users/", given, "application/json", headers={"Authorization": f"Bearer {token}"}
        )

    before = (browser.get("/settings/users/").status_code, adds().status_code)
    operations.change_user(second, name=second.name, email=second.email, roles=[Role.FIELD_SALES], **deed())

    assert before == (200, 201)
    assert (browser.get("/settings/users/").status_code, adds().status_code) == (403, 403)


def test_who_is_stopped_is_out_on_page_and_api(came_in, admin, rep):
    second = factories.make_user(Role.ADMIN)
    browser = came_in(second)
    token = operations.make_token(second, name="連携", **deed())
    before = by_page_and_api(browser, token)

    operations.deactivate_user(second, **deed())

    assert (before, by_page_and_api(browser, token)) == ((200, 200), (302, 401))


def test_a_login_of_one_company_is_unknown_to_another(came_in, rep, client_at, beta):
    came_in(rep)
    login = rep.logins.get()
    with inside(beta):
        stranger = factories.make_user(Role.ADMIN)
        browser = client_at(beta)
        browser.force_login(stranger)

        assert end(browser, login).status_code == 404
    assert User.objects.get(pk=rep.pk).logins.count() == 1


@pytest.mark.parametrize(
    ("agent", "known"),
    [
        (CHROME, ["Windows", "Chrome"]),
        (CHROME + " Edg/140.0", ["Windows", "Edge"]),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ["Linux", "Firefox"]),
        (PHONE.replace("Version", "CriOS"), ["iPhone", "Chrome"]),
        ("curl/8.0", []),
        ("", []),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent, known):
    assert rules.device(agent) == known


@pytest.mark.parametrize(
    ("address", "kept"),
    [("203.0.113.77", "203.0.113.x"), ("2001:db8:1:2::3", "2001:db8:1::/48"), (None, "")],
)
def test_an_address_is_kept_in_part(address, kept):
    assert rules.shortened(address) == kept
