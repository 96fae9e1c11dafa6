"""Passwords by a link in a mail: who forgot theirs, and who is new."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.accounts import links, operations
from apps.accounts.models import SYSTEM, PasswordAsked, User
from apps.accounts.vocabulary import LinkFor
from apps.base.refusal import Refused
from apps.journal import operations as journal
from apps.journal.models import Delivery, Entry
from apps.mail import operations as mails
from apps.mail.models import HIDDEN, Message
from apps.tenancy.context import inside
from tests import factories

FORGOTTEN = "/password/"
NEW = "quite-another-one"


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


@pytest.fixture
def invited(db):
    Message.objects.all().delete()
    person = operations.add_user(name="高橋 美咲", email="new@test.example", roles=[], **deed())
    work_off()
    return person


def work_off():
    """What a worker does: every reaction that is owed."""
    for owed in Delivery.objects.filter(done_at=None).order_by("pk"):
        assert journal.deliver(str(owed.pk), now=timezone.now())


def link_to(person):
    """The path in the newest mail to them, as it leaves."""
    message = Message.objects.filter(to=person.email).latest("written_at", "pk")
    return re.search(r"https?://[^/]+(/\S+)", mails._as_email(message).body)[1]


def log_in(client, person, password):
    return client.post("/login/", {"username": person.email, "password": password}).status_code


def ask(client, email):
    return client.post(FORGOTTEN, {"email": email})


def test_who_forgot_gets_a_link_that_sets_a_password_once(client, rep):
    ask(client, rep.email.upper())
    work_off()
    link = link_to(rep)

    taken = client.post(link, {"password": NEW})

    assert (taken.status_code, taken["Location"]) == (302, "/login/")
    assert [log_in(client, rep, password) for password in (factories.PASSWORD, NEW)] == [200, 302]
    assert [client.get(link).status_code, client.post(link, {"password": "a-third-one"}).status_code] == [
        404,
        404,
    ]


def test_looking_at_the_link_uses_nothing_up(client, rep):
    ask(client, rep.email)
    work_off()

    assert [client.get(link_to(rep)).status_code for _ in range(3)] == [200, 200, 200]


def test_an_unknown_address_hears_the_same_and_costs_the_same(
    client, rep, colleague, django_assert_num_queries
):
    operations.deactivate_user(colleague, **deed())
    Message.objects.all().delete()
    Delivery.objects.all().delete()
    answers = []
    for email in (rep.email, "nobody@test.example", colleague.email):
        with django_assert_num_queries(11):  # the tenant 3, savepoint 2, old ones, counts 2, asked, journal 2
            answers.append(ask(client, email).content.decode().replace(email, "…"))
    work_off()

    assert len({re.sub(r'value="[^"]+"|X-CSRFToken[^}]+', "", answer) for answer in answers}) == 1
    assert list(Message.objects.values_list("to", flat=True)) == [rep.email]


def test_the_journal_keeps_no_unknown_address(client, db):
    ask(client, "nobody@test.example")

    entry = Entry.objects.get(event="password.asked")
    assert (entry.subject_name, entry.details) == ("", {})


def test_nobody_is_flooded(client, rep):
    answers = [ask(client, rep.email) for _ in range(4)]
    work_off()

    assert answers[-1].context["form"].non_field_errors() == [
        "続けて何度も申し込まれました。1時間ほどたってから、もう一度お試しください。"
    ]
    assert Message.objects.filter(key__startswith="link:", to=rep.email).count() == 3


def test_one_place_asks_for_thirty_addresses_an_hour(client, db):
    PasswordAsked.objects.bulk_create(
        PasswordAsked(email=f"{n}@test.example", ip_address="127.0.0.1", asked_at=timezone.now())
        for n in range(30)
    )

    assert len(ask(client, "another@test.example").context["form"].non_field_errors()) == 1


def test_an_hour_later_one_may_ask_again_and_the_old_askings_are_gone(client, rep):
    for _ in range(3):
        ask(client, rep.email)

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        ask(client, rep.email)

    assert PasswordAsked.objects.count() == 1


@pytest.mark.parametrize("email", ["", "no address", "a\x00b@test.example", "a" * 300 + "@test.example"])
def test_what_is_no_address_is_refused_at_its_field(client, db, email):
    assert list(ask(client, email).context["form"].errors) == ["email"]


def test_a_link_ends_every_session(client, logged_in, rep):
    elsewhere = logged_in(rep)
    link = f"{FORGOTTEN}{links.token(rep, LinkFor.FORGOTTEN)}/"

    client.post(link, {"password": NEW})

    assert elsewhere.get("/settings/").status_code == 302


def test_a_weak_password_does_not_use_the_link_up(client, rep):
    link = f"{FORGOTTEN}{links.token(rep, LinkFor.FORGOTTEN)}/"

    refused = client.post(link, {"password": "password123"})

    assert list(refused.context["form"].errors) == ["password"]
    assert client.post(link, {"password": NEW}).status_code == 302


@pytest.mark.parametrize(("purpose", "lives"), links.LIVES.items())
def test_a_link_lives_as_long_as_the_mail_says(rep, purpose, lives):
    token = links.token(rep, purpose)

    with time_machine.travel(timezone.now() + lives - timedelta(minutes=1)):
        before = links.person(token)
    with time_machine.travel(timezone.now() + lives + timedelta(minutes=1)):
        after = links.person(token)

    assert (before, after) == (rep, None)


def test_a_link_opens_no_other_door(rep, beta):
    token = links.token(rep, LinkFor.FORGOTTEN)

    assert links.person(token[:-1]) is None
    assert links.person("x") is None
    with inside(beta):
        User(pk=rep.pk, name=rep.name, password=rep.password, session_salt=rep.session_salt).saved(
            at=timezone.now()
        )
        assert links.person(token) is None


@pytest.mark.parametrize("deed_on", ["stopped", "other address"])
def test_a_link_dies_with_what_it_was_made_for(rep, deed_on):
    token = links.token(rep, LinkFor.FORGOTTEN)
    if deed_on == "stopped":
        operations.deactivate_user(rep, **deed())
    else:
        operations.change_user(rep, name=rep.name, email="else@test.example", roles=rep.roles, **deed())

    assert links.person(token) is None


def test_who_read_the_link_too_late_is_refused_by_the_operation(rep):
    token = links.token(rep, LinkFor.FORGOTTEN)
    given = {"link": token, "password": NEW}
    operations.take_password(rep, **given, **deed())

    with pytest.raises(operations.LinkExpired):
        operations.take_password(rep, **given, **deed())


def test_a_new_person_sets_the_own_password_and_comes_in(client, invited):
    link = link_to(invited)

    client.post(link, {"password": NEW})

    assert link.startswith(FORGOTTEN)
    assert log_in(client, invited, NEW) == 302


def test_an_invitation_is_sent_again_by_the_admin(client, logged_in, admin, invited):
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        first = link_to(invited)
        late = client.get(first).status_code
        logged_in(admin).post(f"/settings/users/{invited.pk}/offer-password/")
        work_off()

        assert (late, client.get(link_to(invited)).status_code) == (404, 200)


def test_only_an_admin_sends_links(logged_in, manager, rep):
    assert logged_in(manager).post(f"/settings/users/{rep.pk}/offer-password/").status_code == 403


def test_who_has_no_address_or_was_stopped_is_sent_nothing(rep):
    operations.deactivate_user(rep, **deed())

    with pytest.raises(Refused):
        operations.offer_password(rep, **deed())


def test_nobody_reads_the_link_in_the_outbox_and_it_is_gone_once_sent(logged_in, admin, invited):
    message = Message.objects.get(to=invited.email)

    shown = logged_in(admin).get(f"/settings/mail/{message.pk}/").content.decode()
    assert mails.send(str(message.pk), now=timezone.now())

    message.refresh_from_db()
    assert (HIDDEN in shown, FORGOTTEN in shown, message.secret) == (True, False, "")


def test_the_page_links_to_the_reset(client, db):
    assert f'href="{FORGOTTEN}"' in client.get("/login/").content.decode()
