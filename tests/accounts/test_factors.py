"""The second factor: setting it up, coming in by two steps, and what guesses and replays meet."""

from datetime import timedelta

import pyotp
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.accounts import factors, operations, queries
from apps.accounts.models import SYSTEM, RecoveryCode, SecondFactor
from apps.base.refusal import Forbidden
from tests import factories

STEP, OWN, SET_UP, DEMAND = (
    "/login/second-step/",
    "/settings/me/second-factor/",
    "/settings/me/second-factor/set-up/",
    "/settings/second-factor/",
)


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


@pytest.fixture
def clock():
    with time_machine.travel("2026-10-15T02:00:00Z", tick=False) as clock:
        yield clock


class App:
    """An authenticator app."""

    def __init__(self, person):
        offer = factors.offer()
        self.totp = pyotp.TOTP(factors.offered(offer))
        self.recovery = operations.set_up_factor(person, offer=offer, code=self.code(), **deed())

    def code(self):
        return self.totp.at(timezone.now())


@pytest.fixture
def app(clock, rep):
    app = App(rep)
    clock.shift(30)
    return app


def give_password(client, person, **given):
    return client.post("/login/", {"username": person.email, "password": factories.PASSWORD} | given)


def give_code(client, code):
    return client.post(STEP, {"code": code})


def is_in(browser):
    return browser.get(reverse("accounts:calendar")).status_code == 200


def test_the_password_alone_lets_nobody_in(client, rep, app):
    asked = give_password(client, rep)

    assert (asked["Location"], is_in(client)) == (STEP, False)


def test_password_and_code_let_in_and_lead_to_where_one_wanted_to_go(client, rep, app):
    wanted = reverse("accounts:tokens")
    give_password(client, rep, next=wanted)

    answer = give_code(client, app.code())

    assert (answer["Location"], is_in(client), rep.logins.count()) == (wanted, True, 1)


def test_a_code_alone_lets_nobody_in(client, rep, app):
    assert (give_code(client, app.code())["Location"], is_in(client)) == ("/login/", False)


def test_a_code_is_used_once(client, rep, app, client_at, alpha):
    code = app.code()
    give_password(client, rep)
    give_code(client, code)
    second = client_at(alpha)
    give_password(second, rep)

    answer = give_code(second, code)

    assert answer.context["form"].errors == {"code": ["コードが違います。"]}
    assert is_in(second) is False


@pytest.mark.parametrize(
    ("seconds", "enters"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_differ_by_one_step(client, rep, clock, seconds, enters):
    app = App(rep)
    clock.shift(300)
    give_password(client, rep)

    give_code(client, app.totp.at(timezone.now() + timedelta(seconds=seconds)))

    assert is_in(client) is enters


def test_a_recovery_code_lets_in_once_however_it_is_typed(client, rep, app):
    give_password(client, rep)
    give_code(client, app.recovery[0].upper().replace("-", " "))
    entered = is_in(client)
    client.post(reverse("accounts:logout"))
    give_password(client, rep)

    give_code(client, app.recovery[0])

    assert (entered, is_in(client), RecoveryCode.objects.count()) == (True, False, 9)


def test_no_recovery_code_is_kept_in_clear(app):
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))

    assert (len(app.recovery), len(kept), kept & set(app.recovery)) == (10, 10, set())


def test_after_five_misses_not_even_the_right_code_helps_for_a_while(client, rep, app, clock):
    give_password(client, rep)
    for _ in range(5):
        give_code(client, "000000")
    shut = give_code(client, app.code())
    clock.shift(timedelta(minutes=16))

    give_code(client, app.code())

    assert shut.context["form"].non_field_errors() == [
        "違うコードが続きました。15分ほどたってから、もう一度お試しください。"
    ]
    assert is_in(client)


@pytest.mark.parametrize("code", ["", "\x00", "あ" * 6, "9" * 30, "12345"])
def test_what_is_no_code_is_refused_with_a_sentence(client, rep, app, code):
    give_password(client, rep)

    assert len(give_code(client, code).context["form"].errors["code"]) == 1


def test_who_waits_too_long_or_got_a_new_password_begins_anew(client, rep, app, clock):
    give_password(client, rep)
    operations.set_password(rep, password=factories.PASSWORD, **deed())
    renewed = client.get(STEP)["Location"]
    give_password(client, rep)
    clock.shift(timedelta(minutes=31))

    assert (renewed, client.get(STEP)["Location"]) == ("/login/", "/login/")


def test_setting_it_up_on_ones_own(logged_in, client, rep, clock):
    browser = logged_in(rep)
    opened = browser.get(SET_UP)
    looked = SecondFactor.objects.count()

    shown = browser.post(
        SET_UP,
        {
            "offer": opened.context["form"]["offer"].value(),
            "code": pyotp.TOTP(opened.context["secret"]).at(timezone.now()),
        },
    )

    assert (looked, len(shown.context["codes"])) == (0, 10)
    assert "/login/language/" not in shown.content.decode()  # codes are shown once: no way to lose them
    assert "no-store" in shown["Cache-Control"]
    assert give_password(client, rep)["Location"] == STEP


def test_a_wrong_first_code_sets_nothing_up_and_shows_the_same_secret(logged_in, rep):
    browser = logged_in(rep)
    offer = browser.get(SET_UP).context["form"]["offer"].value()

    again = browser.post(SET_UP, {"offer": offer, "code": "000000"})

    assert list(again.context["form"].errors) == ["code"]
    assert again.context["secret"] == factors.offered(offer)
    assert SecondFactor.objects.count() == 0


@pytest.mark.parametrize("offer", ["", "x", "\x00"])
def test_a_made_up_offer_gets_a_new_one(logged_in, rep, offer):
    response = logged_in(rep).post(SET_UP, {"offer": offer, "code": "000000"})

    assert (response.status_code, SecondFactor.objects.count()) == (200, 0)


def test_dropping_it_asks_for_the_password(logged_in, rep, app):
    browser = logged_in(rep)
    refused = browser.post(OWN, {"password": "not-the-password"})
    kept = SecondFactor.objects.count()

    browser.post(OWN, {"password": factories.PASSWORD})

    assert refused.context["form"].errors == {"password": ["パスワードが違います。"]}
    assert (kept, SecondFactor.objects.count()) == (1, 0)


# ── demanded of everybody ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def demanded(clock, admin, logged_in):
    """The admin has a second factor and demands one of everybody."""
    App(admin)
    assert logged_in(admin).post(DEMAND, {"demanded": "on"}).status_code == 302


def test_who_has_none_is_out_at_once_and_sets_one_up_at_the_door(client, logged_in, rep, admin, clock):
    App(admin)
    browser, chief = logged_in(rep), logged_in(admin)
    chief.post(DEMAND, {"demanded": "on"})
    out = not is_in(browser)
    give_password(client, rep)
    opened = client.get(STEP)

    client.post(
        STEP,
        {
            "offer": opened.context["form"]["offer"].value(),
            "code": pyotp.TOTP(opened.context["secret"]).at(timezone.now()),
        },
    )

    assert (out, is_in(chief), is_in(client)) == (True, True, True)


def test_who_demands_it_has_one(logged_in, admin):
    response = logged_in(admin).post(DEMAND, {"demanded": "on"})

    assert response.context["form"].non_field_errors() == ["先に、自分の2段階認証を始めてください。"]
    assert queries.organisation().demands_second_factor is False


def test_nobody_drops_what_is_demanded(demanded, rep):
    with pytest.raises(operations.FactorDemanded):
        operations.drop_factor(rep, password=factories.PASSWORD, **deed())


def test_only_an_admin_demands_and_resets(logged_in, manager, rep):
    browser = logged_in(manager)

    answers = [
        browser.post(DEMAND, {"demanded": "on"}),
        browser.post(f"/settings/users/{rep.pk}/reset-factor/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_an_admin_resets_it_for_who_lost_the_phone(logged_in, client, admin, rep, app):
    browser = logged_in(rep)

    logged_in(admin).post(f"/settings/users/{rep.pk}/reset-factor/")

    assert (is_in(browser), give_password(client, rep)["Location"]) == (False, reverse("home"))


def test_nobody_sets_it_up_for_another(admin, rep):
    with pytest.raises(Forbidden):
        operations.set_up_factor(rep, offer=factors.offer(), code="0", by=admin, at=timezone.now())
