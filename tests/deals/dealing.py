"""A deal as tests open it, look at it and send its forms."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from apps.base.month import Month
from apps.deals import operations
from apps.deals.models import Deal

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 10, 15, 11, 20, tzinfo=TOKYO)
WHOLE = {"plan": "基本プラン", "amount": 600_000, "expected_month": Month(2026, 10)}


def opened(rep, company, *, on: int = 1, **facts) -> Deal:
    began = datetime(2026, 9, on, 10, tzinfo=TOKYO)
    return operations.open_deal(company=company, owner=rep, by=rep, at=NOW, opened=began, **facts)


def standing(deal) -> list[tuple]:
    return list(deal.states.order_by("valid_from").values_list("stage", "valid_from", "valid_until"))


def moments(deal, kind: str) -> list[tuple]:
    return list(deal.milestones.filter(kind=kind).order_by("at").values_list("at", "until_at"))


# ── pages ──────────────────────────────────────────────────────────────────────────────────────────


def url(name: str, deal: Deal) -> str:
    return reverse(f"deals:{name}", args=[deal.pk])


def opening(company) -> str:
    return reverse("deals:open") + f"?company={company.pk}"


def filled(form, **typed) -> dict:
    """What a browser sends: the form as it was shown, with what was typed."""
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (shown | typed).items() if value is not None}


def sent(browser, address: str, **typed):
    return browser.post(address, filled(browser.get(address).context["form"], **typed))


def in_place(browser, deal: Deal, name: str, form: str, **typed):
    return browser.post(url(name, deal), filled(browser.get(url("deal", deal)).context[form], **typed))
