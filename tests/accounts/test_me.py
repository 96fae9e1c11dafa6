import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations
from apps.base.refusal import Forbidden
from tests import factories

PROFILE = "/settings/me/profile/"
PASSWORD, LANGUAGE = "/settings/me/password/", "/settings/me/language/"
NEW = "quite-another-one"


def test_the_own_language_holds_from_the_next_page_and_after_the_next_login(logged_in, client, rep):
    browser = logged_in(rep)

    browser.post(LANGUAGE, {"language": "en"})
    client.post("/login/", {"username": rep.email, "password": factories.PASSWORD})

    assert [one.get("/settings/")["Content-Language"] for one in (browser, client)] == ["en", "en"]


def test_the_companys_language_comes_back(logged_in, rep):
    browser = logged_in(rep)
    browser.post(LANGUAGE, {"language": "en"})

    browser.post(LANGUAGE, {"language": ""})

    assert browser.get("/settings/")["Content-Language"] == "ja"


def test_a_language_that_nobody_speaks_is_refused(logged_in, rep):
    response = logged_in(rep).post(LANGUAGE, {"language": "tlh"})

    assert list(response.context["form"].errors) == ["language"]


def test_one_changes_the_own_name_and_reading_and_nothing_else(logged_in, rep):
    browser = logged_in(rep)
    form = browser.get(PROFILE).context["form"]

    browser.post(
        PROFILE,
        {"version": form["version"].value(), "name": "青木 建", "reading": "あおき けん", "roles": ["admin"]},
    )

    before = (rep.email, rep.roles)
    rep.refresh_from_db()
    assert (rep.name, rep.reading, (rep.email, rep.roles)) == ("青木 建", "あおき けん", before)


def test_an_admin_does_not_write_anothers_profile(admin, rep):
    with pytest.raises(Forbidden):
        operations.change_profile(rep, name="x", reading="", by=admin, at=timezone.now())


def test_the_own_password_ends_the_other_sessions_and_keeps_this_one(logged_in, client, rep):
    here, elsewhere = logged_in(rep), logged_in(rep)

    here.post(PASSWORD, {"current": factories.PASSWORD, "password": NEW})

    assert [one.get(reverse("accounts:settings")).status_code for one in (here, elsewhere)] == [200, 302]
    assert client.post("/login/", {"username": rep.email, "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("current", "password", "faults"),
    [
        ("not-the-password", NEW, {"current": ["今のパスワードが違います。"]}),
        (factories.PASSWORD, "password123", {"password": ["このパスワードは一般的すぎます。"]}),
    ],
)
def test_a_wrong_or_weak_password_is_refused_at_its_field(logged_in, rep, current, password, faults):
    response = logged_in(rep).post(PASSWORD, {"current": current, "password": password})

    rep.refresh_from_db()
    assert response.context["form"].errors == faults
    assert rep.check_password(factories.PASSWORD)


def test_not_even_an_admin_changes_anothers_account_this_way(admin, rep):
    with pytest.raises(Forbidden):
        operations.choose_language(rep, language="en", by=admin, at=timezone.now())
