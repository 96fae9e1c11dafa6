import pytest
from django.utils import timezone

from apps.mail import operations
from apps.mail.models import Message

OUTBOX = "/settings/mail/"


@pytest.fixture
def outbox(db):
    """Empty but for what the test posts."""
    Message.objects.all().delete()

    def post(subject="件名", text="本文", **state):
        message = operations.post(key=subject, to="to@test.example", subject=subject, text=text)
        Message.objects.filter(pk=message.pk).update(**state)
        return message

    return post


def subjects(response):
    return [mail.subject for mail in response.context["mails"].rows]


def test_mail_is_listed_the_newest_first_sent_or_waiting(logged_in, admin, outbox):
    outbox("先", sent_at=timezone.now())
    outbox("後")
    browser = logged_in(admin)

    listed = [
        subjects(browser.get(OUTBOX, {"state": state})) for state in ("", "waiting", "sent", "nonsense")
    ]

    assert listed == [["後", "先"], ["後"], ["先"], ["後", "先"]]


def test_what_went_wrong_stands_beside_it(logged_in, admin, outbox):
    outbox(last_error="SMTPServerDisconnected: gone", attempts=1)

    assert "SMTPServerDisconnected: gone" in logged_in(admin).get(OUTBOX).content.decode()


def test_one_mails_text_is_shown_as_text(logged_in, admin, outbox):
    message = outbox(text="<b>太字</b>\nhttp://demo.localhost/ を開く")

    shown = logged_in(admin).get(f"{OUTBOX}{message.pk}/").content.decode()

    assert "&lt;b&gt;太字&lt;/b&gt;" in shown
    assert '<a href="http://demo.localhost/"' in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(logged_in, admin, outbox, count, django_assert_num_queries):
    for number in range(count):
        outbox(f"件名{number}")
    browser = logged_in(admin)

    with django_assert_num_queries(6):  # the tenant 3, session, user, mail
        browser.get(OUTBOX)


def test_only_an_admin_reads_the_outbox(logged_in, rep, manager, executive, outbox):
    message = outbox()
    urls = [OUTBOX, f"{OUTBOX}{message.pk}/"]

    for who in (rep, manager, executive):
        assert [logged_in(who).get(url).status_code for url in urls] == [403, 403]
