"""Several pasted lines become several records, after a preview."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from apps.actions.models import Capture
from apps.activities.models import Follow
from apps.base.models import new_id
from tests import factories

JST = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 15, 11, 20, tzinfo=JST)
CAPTURE = "/capture/"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def paste(browser, *lines, **given):
    return browser.post(CAPTURE, {"line": "\n".join(lines), "key": str(new_id())} | given)


def test_several_lines_are_shown_and_those_that_are_sure_are_kept_together(browser, company):
    lines = ("青葉フーズ 電話 不在", "田中さん 電話 5分", "", "青葉フーズ メール送信")
    key = str(new_id())

    shown = paste(browser, *lines, key=key)
    kept = [paste(browser, *lines, key=key, save="1") for _ in range(2)]

    assert [one.ready for one in shown.context["several"]] == [True, False, True]
    assert [one.line for one in kept[0].context["several"]] == ["田中さん 電話 5分"]
    assert sorted(Follow.objects.values_list("kind", flat=True)) == ["call", "email"]


def test_several_lines_are_taken_back_together(browser, rep, company):
    deal = factories.make_deal(rep, company=company, opened=datetime(2026, 10, 1, 10, tzinfo=JST))
    paste(browser, "青葉フーズ 電話 次は19日訪問", "青葉フーズ メール送信 次は20日電話", save="1")
    (together,) = set(Capture.objects.values_list("together", flat=True))

    browser.post(reverse("actions:take-back-capture", args=[together]))

    deal.refresh_from_db()
    assert deal.next_action == ""
    assert not Follow.objects.filter(trashed_at=None).exists()


def test_taken_back_the_lines_that_are_still_to_be_settled_stay_on_the_page(browser, company):
    kept = paste(browser, "青葉フーズ 電話 不在", "田中さん 電話 5分", "鈴木さん 電話 不在", save="1")
    (undo,) = [message.extra_tags for message in get_messages(kept.wsgi_request)]

    taken_back = browser.post(undo, follow=True)

    assert taken_back.context["line"] == "田中さん 電話 5分\n鈴木さん 電話 不在"


def test_more_lines_than_are_read_at_once_are_kept_in_the_field_and_not_dropped(browser, company):
    lines = [f"青葉フーズ 電話 {number}分 話せた" for number in range(51)]

    shown = paste(browser, *lines).content.decode()

    assert "一度に読めるのは50行までです" in shown
    assert lines[-1] in shown
