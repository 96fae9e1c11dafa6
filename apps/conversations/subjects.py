"""The kinds of records beside which something can be said and laid. Who may see the record may see that, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.activities import daily_queries as daily
from apps.activities import queries as activities
from apps.base.pages import found_or_404
from apps.customers import queries as customers
from apps.deals import queries as deals


@dataclass(frozen=True)
class Kind:
    """`seen`: the records that can be seen."""

    code: str
    label: Any
    seen: Callable[[], QuerySet]

    @property
    def model(self) -> type[Model]:
        return self.seen().model

    @property
    def stored(self) -> str:
        """As journal and rows name it."""
        return self.model._meta.label_lower


KINDS = {
    kind.code: kind
    for kind in (
        Kind("company", pgettext_lazy("one", "顧客"), customers.companies),
        Kind("contact", pgettext_lazy("one", "担当者"), customers.contacts),
        Kind("list", pgettext_lazy("one", "リスト"), customers.lists),
        Kind("deal", pgettext_lazy("one", "案件"), deals.deals),
        Kind("follow", pgettext_lazy("one", "フォロー"), activities.follows),
        Kind("visit", _("訪問"), activities.visits),
        Kind("daily", _("日報"), daily.daily_reports),
    )
}


def subject_or_404(code: str, pk: UUID) -> Model:
    if code not in KINDS:
        raise Http404
    return found_or_404(KINDS[code].seen(), pk)


def kind_of(record: Model) -> Kind:
    return by_stored(record._meta.label_lower)


def by_stored(stored: str) -> Kind:
    return next(kind for kind in KINDS.values() if kind.stored == stored)


def seen() -> Q:
    """Rows beside a record that can be seen."""
    found = Q()
    for kind in KINDS.values():
        found |= Q(subject_kind=kind.stored, subject_id__in=kind.seen().order_by().values("pk"))
    return found


def address(record: Model) -> str:
    """The record's own page, or the one of what is said beside it."""
    if hasattr(record, "get_absolute_url"):
        return record.get_absolute_url()
    return beside(record)


def beside(record: Model) -> str:
    return reverse("conversations:beside", args=[kind_of(record).code, record.pk])
