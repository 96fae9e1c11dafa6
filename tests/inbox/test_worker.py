"""What makes the product an app: it is there for every browser, and holds nothing of anybody."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


def kept(browser, address):
    return browser.get(address, headers={"Kept-Page": "1"})


def test_the_manifest_names_what_can_be_installed(client):
    answer = client.get(reverse("inbox:manifest"))

    assert answer["Content-Type"] == "application/manifest+json"
    assert (answer.json()["display"], answer.json()["start_url"], answer.json()["lang"]) == (
        "standalone",
        "/",
        "ja",
    )
    found = {(icon["sizes"], icon["purpose"]) for icon in answer.json()["icons"]}
    assert found == {(size, way) for size in ("192x192", "512x512", "any") for way in ("any", "maskable")}


@pytest.mark.parametrize("size", [180, 192, 512])
def test_the_icons_are_as_large_as_they_say(size):
    head = (settings.ROOT / f"static/img/app-{size}.png").read_bytes()[:24]

    assert (head[:8], int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (
        b"\x89PNG\r\n\x1a\n",
        size,
        size,
    )


def test_the_worker_is_asked_anew_each_time_and_knows_the_page_without_network(client):
    answer = client.get(reverse("inbox:worker"))

    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-store" in answer["Cache-Control"]
    assert 'const OFFLINE = "/offline/";' in answer.content.decode()


def test_the_page_without_network_is_the_same_for_everybody(client, logged_in, rep):
    stranger, mine = (kept(browser, reverse("inbox:offline")) for browser in (client, logged_in(rep)))

    assert stranger.content == mine.content
    assert rep.name not in mine.content.decode()


def test_a_kept_page_has_no_token_no_nonce_no_opening_and_says_whose_it_is(logged_in, rep):
    company = factories.make_company()
    browser, address = logged_in(rep), f"{reverse('activities:record-follow')}?company={company.pk}"

    usual, page = browser.get(address).content.decode(), kept(browser, address)

    found = [word for word in ("csrf", "CSRF", "nonce", "data-in-use-since") if word in page.content.decode()]
    assert ("csrfmiddlewaretoken" in usual, found) == (True, [])
    assert page["Kept-Page"] == str(rep.pk)


def test_a_kept_page_takes_no_message_from_the_next_one(logged_in, rep):
    company, browser = factories.make_company(), logged_in(rep)
    address = f"{reverse('activities:record-follow')}?company={company.pk}"
    form = {"key": "0123456789abcdef0123456789abcdef", "kind": "call", "outcome": "connected"}
    browser.post(address, form)

    assert "フォローを記録しました。" not in kept(browser, company.get_absolute_url()).content.decode()
    assert "フォローを記録しました。" in browser.get(company.get_absolute_url()).content.decode()


def test_logging_out_clears_what_the_browser_keeps(logged_in, rep):
    answer = logged_in(rep).post(reverse("accounts:logout"))

    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_logging_out_leaves_what_waits_for_somebody_else(logged_in, rep):
    answer = logged_in(rep).post(reverse("accounts:logout"), {"others_wait": "1"})

    assert answer["Clear-Site-Data"] == '"cache"'
