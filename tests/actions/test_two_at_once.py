"""Two workers are sent the same tap at the same time: each deed of the day is done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.actions.models import Capture, Snooze
from apps.activities.models import DailyReport, Follow, PostVisitReport
from apps.base.models import new_id
from apps.deals.models import DealChange
from apps.tenancy.context import inside
from tests import factories
from tests.client import TenantClient


def _deeds(rep):
    """By deed: the address, what is sent, and what there is of it afterwards."""
    now, company = timezone.now(), factories.make_company("青葉フーズ")
    due = factories.make_deal(
        rep, company=company, next_action="電話", next_action_on=now.date() - timedelta(days=3)
    )
    visit = factories.make_visit(rep, company=company, starts_at=now - timedelta(hours=1))
    line = {"line": "電話 つながった", "read": "電話 つながった", "company": company.pk, "kind": "call"}
    line |= {"outcome": "connected", "deal": "", "key": new_id(), "save": "1"}
    yield reverse("activities:daily"), {"day": timezone.localdate(), "key": new_id()}, DailyReport
    yield (
        reverse("activities:report", args=[visit.pk]),
        {"progress": "forward", "version": 0},
        PostVisitReport,
    )
    yield reverse("actions:put-off", args=["company", company.pk]), {}, Snooze
    yield reverse("actions:put-off-action", args=[due.pk]), {}, DealChange
    yield reverse("actions:capture"), line, Capture


def test_two_at_the_same_time_do_each_deed_once(own_database, alpha):
    rep = factories.make_user(Role.FIELD_SALES)
    browsers = [TenantClient(alpha), TenantClient(alpha)]
    for browser in browsers:
        browser.force_login(rep)

    for address, given, made in _deeds(rep):
        before, together = made.objects.count(), Barrier(2)

        def post(browser, address=address, given=given, together=together):
            try:
                with inside(alpha):
                    together.wait(10)
                    return browser.post(address, given).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            answers = sorted(threads.map(post, browsers))

        assert (made.objects.count() - before, answers[0] < 400, answers[-1] < 500) == (1, True, True), (
            address
        )
    assert Follow.objects.count() == 1
