"""Saying something beside a record, as a browser does."""

from django.urls import reverse

from apps.base.models import new_id


def at(name: str, record, code: str = "company") -> str:
    return reverse(f"conversations:{name}", args=[code, record.pk])


def say(browser, record, text: str, code: str = "company", **more):
    return browser.post(at("write", record, code), {"key": str(new_id()), "text": text} | more)


def shown(browser, record, code: str = "company") -> str:
    return browser.get(at("beside", record, code)).content.decode()
