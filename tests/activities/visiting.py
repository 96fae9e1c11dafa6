"""Visits by their pages: the forms as a browser sends them."""

from django.urls import reverse

from apps.activities.models import Visit

ISSUES = ["検品に2人かかっている", "二重入力になる", "承認が必要"]


def url(name: str, visit: Visit) -> str:
    return reverse(f"activities:{name}", args=[visit.pk])


def planning(company) -> str:
    return reverse("activities:plan-visit") + f"?company={company.pk}"


def filled(form, **typed) -> dict:
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (shown | typed).items() if value is not None}


def sent(browser, address: str, **typed):
    return browser.post(address, filled(browser.get(address).context["form"], **typed))


def reported(browser, visit, **typed):
    return sent(browser, url("report", visit), **{"progress": "forward"} | typed)
