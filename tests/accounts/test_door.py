from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations
from apps.accounts.models import SYSTEM
from apps.base.refusal import Refused
from apps.tenancy.context import inside
from tests import factories

LOGIN = "/login/"
WRONG = "メールアドレスかパスワードが違います。"


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


def log_in(client, email, password=factories.PASSWORD, **given):
    return client.post(LOGIN, {"username": email, "password": password} | given)


def asked_to_log_in(response):
    return response.status_code == 302 and response["Location"].startswith(LOGIN)


def test_the_right_password_opens_the_door(client, rep):
    response = log_in(client, rep.email)

    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert not asked_to_log_in(client.get(reverse("accounts:calendar")))


def test_the_address_is_the_same_in_capitals_and_with_blanks(client, rep):
    assert log_in(client, f"  {rep.email.upper()} ").status_code == 302


def test_one_comes_back_to_where_one_wanted_to_go(client, rep):
    asked = client.get(reverse("accounts:calendar"))
    form = client.get(asked["Location"])

    response = log_in(client, rep.email, next=form.context["next"])

    assert response["Location"] == reverse("accounts:calendar")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "no-path", LOGIN],
)
def test_no_address_leads_out_of_the_house(client, rep, elsewhere):
    assert log_in(client, rep.email, next=elsewhere)["Location"] == reverse("home")


def test_a_wrong_password_an_unknown_address_and_who_was_stopped_hear_the_same(client, rep, colleague):
    operations.deactivate_user(colleague, **deed())
    answers = [
        log_in(client, rep.email, "not-the-password"),
        log_in(client, "nobody@test.example"),
        log_in(client, colleague.email),
    ]

    assert [answer.context["form"].non_field_errors() for answer in answers] == [[WRONG]] * 3


@pytest.mark.parametrize(
    ("field", "text"), [("username", "a\x00b"), ("username", "a" * 300), ("password", "\x00")]
)
def test_what_nobody_types_is_refused_with_a_sentence(client, rep, field, text):
    response = log_in(client, rep.email, **{field: text})

    assert (response.status_code, len(response.context["form"].errors[field])) == (200, 1)


def test_the_sessions_key_changes_at_the_door(client, rep):
    client.session.save()
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key

    log_in(client, rep.email)

    assert before not in (None, client.session.session_key)


def test_a_person_is_spoken_to_in_their_language(client, rep):
    rep.language = "en"
    rep.saved(at=timezone.now())

    log_in(client, rep.email)

    assert client.get(reverse("accounts:calendar"))["Content-Language"] == "en"


def test_who_is_inside_already_does_not_see_the_door(logged_in, rep):
    response = logged_in(rep).get(LOGIN)

    assert (response.status_code, response["Location"]) == (302, reverse("home"))


def test_logging_out_closes_the_door_and_needs_a_post(logged_in, rep):
    browser = logged_in(rep)
    looked = browser.get(reverse("accounts:logout")).status_code

    left = browser.post(reverse("accounts:logout"))

    assert (looked, left["Location"]) == (405, LOGIN)
    assert asked_to_log_in(browser.get(reverse("accounts:calendar")))


# ── too many attempts ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def locked(client, rep):
    """A browser that tried eight times in vain."""
    for _ in range(8):
        last = log_in(client, rep.email, "not-the-password")
    assert last.status_code == 429
    return client


def test_the_ninth_attempt_is_not_even_looked_at(locked, rep):
    response = log_in(locked, rep.email)

    assert response.status_code == 429
    assert asked_to_log_in(locked.get(reverse("accounts:calendar")))


def test_seven_attempts_lock_nobody_out(client, rep):
    for _ in range(7):
        log_in(client, rep.email, "not-the-password")

    assert log_in(client, rep.email).status_code == 302


def test_another_spelling_of_the_address_is_no_way_around(locked, rep):
    assert log_in(locked, f" {rep.email.title()}").status_code == 429


def test_an_address_that_nobody_has_is_locked_out_alike(client, db):
    answers = [log_in(client, "nobody@test.example").status_code for _ in range(8)]

    assert answers == [200] * 7 + [429]


def test_the_page_names_the_moment_and_it_stays_true(client, rep):
    with time_machine.travel("2026-10-15T02:00:00Z", tick=False) as clock:
        for _ in range(8):
            log_in(client, rep.email, "not-the-password")
        clock.shift(timedelta(minutes=10))
        told = log_in(client, rep.email).content.decode()
        clock.shift(timedelta(minutes=4))
        early = log_in(client, rep.email).status_code
        clock.shift(timedelta(minutes=1, seconds=1))

        assert "11:15を過ぎたら" in told
        assert (early, log_in(client, rep.email).status_code) == (429, 302)


def test_a_lock_in_one_company_locks_nobody_out_of_another(locked, rep, client_at, beta):
    with inside(beta):
        factories.make_user(email=rep.email)

        assert log_in(client_at(beta), rep.email).status_code == 302


# ── an end at once ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def token(rep):
    return operations.make_token(rep, name="連携", **deed())


def by_page_and_api(browser, client, token):
    page = browser.get(reverse("accounts:calendar"))
    api = client.get("/api/v1/companies/", headers={"Authorization": f"Bearer {token}"})
    return page.status_code, api.status_code


def test_who_is_stopped_is_out_with_the_next_request_on_page_and_api(logged_in, client, rep, token):
    browser = logged_in(rep)
    before = by_page_and_api(browser, client, token)

    operations.deactivate_user(rep, **deed())

    assert (before, by_page_and_api(browser, client, token)) == ((200, 200), (302, 401))


def test_who_comes_back_has_neither_the_old_session_nor_the_old_token(logged_in, client, rep, token):
    browser = logged_in(rep)
    operations.deactivate_user(rep, **deed())

    operations.reactivate_user(rep, **deed())

    assert by_page_and_api(browser, client, token) == (302, 401)
    assert log_in(client, rep.email).status_code == 302


def test_a_new_password_ends_the_sessions_and_leaves_the_tokens(logged_in, client, rep, token):
    browser = logged_in(rep)

    operations.set_password(rep, password="another-long-one", **deed())

    assert by_page_and_api(browser, client, token) == (302, 200)


def test_the_last_admin_cannot_be_stopped_nor_lose_the_role(admin):
    with pytest.raises(Refused):
        operations.deactivate_user(admin, **deed())
    with pytest.raises(Refused):
        operations.change_user(admin, name=admin.name, email=admin.email, roles=[], **deed())


SPEAK = "/login/language/"


def test_the_door_speaks_the_language_that_was_chosen_there_and_remembers_it(client):
    chosen = client.post(SPEAK, {"language": "en", "next": "/password/"})

    assert (chosen.status_code, chosen["Location"]) == (302, "/password/")
    assert client.get(LOGIN)["Content-Language"] == "en"


def test_who_chose_no_language_of_their_own_is_spoken_to_as_at_the_door(client, rep):
    client.post(SPEAK, {"language": "en"})

    log_in(client, rep.email)

    assert client.get("/settings/")["Content-Language"] == "en"


def test_the_own_language_is_stronger_than_the_doors(client, rep):
    operations.choose_language(rep, language="ja", **deed() | {"by": rep})
    client.post(SPEAK, {"language": "en"})

    log_in(client, rep.email)

    assert client.get("/settings/")["Content-Language"] == "ja"


def test_choosing_the_companys_language_ends_what_was_chosen_at_the_door(client, rep):
    client.post(SPEAK, {"language": "en"})
    log_in(client, rep.email)

    client.post("/settings/me/language/", {"language": ""})

    assert client.get("/settings/")["Content-Language"] == "ja"


@pytest.mark.parametrize("language", ["tlh", "", "../en"])
def test_the_door_keeps_its_language_when_nobody_speaks_the_other(client, language):
    client.post(SPEAK, {"language": language})
    client.cookies["django_language"] = language

    assert client.get(LOGIN)["Content-Language"] == "ja"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_choosing_a_language_leads_out_of_no_house(client, elsewhere):
    response = client.post(SPEAK, {"language": "en", "next": elsewhere}, headers={"Referer": elsewhere})

    assert response["Location"] == "/"


def test_looking_at_the_languages_chooses_none(client):
    assert client.get(SPEAK, {"language": "en"}).status_code == 405
