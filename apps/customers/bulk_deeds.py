"""What can be done to many companies or people at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.permissions import within_reach
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.bulk.deeds import Deed, NothingToSay, asking, changing, declare, trashing, unless_changed
from apps.customers import operations, queries
from apps.customers.forms import CompanyFields, ContactFields
from apps.customers.models import Company, Contact, ListEntry, TargetList


class NotOnList(Refused):
    pass


def _companies():
    return Company.objects.all()


def _contacts():
    return Contact.objects.select_related("company")


def _lists():
    return TargetList.objects.select_related("owner")


def _fields(shape: type[forms.Form], *names: str) -> dict[str, Callable[[], forms.Field]]:
    """The fields of the record's own form, so that both doors ask for the same."""
    return {name: (lambda name=name: shape.base_fields[name]) for name in names}  # type: ignore[misc]


for name, label in {
    "industry": gettext_lazy("業種を変える"),
    "area": gettext_lazy("エリアを変える"),
    "existing": gettext_lazy("既存顧客かどうかを変える"),
    "busy_months": gettext_lazy("忙しい月を変える"),
    "buying_months": gettext_lazy("購入を検討する月を変える"),
}.items():
    do, undo = changing(operations.change_company, (name,))
    form = asking(**_fields(CompanyFields, name))
    declare(Deed(f"company-{name}", "companies", label, Act.KEEP_COMPANIES, _companies, do, undo, form))

for name, label in {
    "role": gettext_lazy("決裁での役割を変える"),
    "stance": gettext_lazy("立場を変える"),
    "department": gettext_lazy("部署を変える"),
}.items():
    do, undo = changing(operations.change_contact, (name,))
    form = asking(**_fields(ContactFields, name))
    declare(Deed(f"contact-{name}", "contacts", label, Act.KEEP_COMPANIES, _contacts, do, undo, form))


class ListForm(NothingToSay):
    """One of the lists that this person keeps."""

    list = forms.ModelChoiceField(
        label=gettext_lazy("リスト"), queryset=TargetList.objects.none(), empty_label=None
    )

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data, by=by)
        kept = queries.lists().filter(owner__in=within_reach(by, Act.KEEP_LISTS))
        self.fields["list"].queryset = kept.order_by("name", "id")  # type: ignore[attr-defined]


def put(company: Company, *, list: TargetList, by: User, at: datetime) -> dict[str, Any]:  # noqa: A002
    entry = operations.put_on_list(list, company=company, on=localdate(at), by=by, at=at)
    return {"entry": entry.pk}


def unput(company: Company, kept: dict[str, Any], *, by: User, at: datetime) -> None:
    """Off again on the day that it was put there: it stood on no day."""
    entry = ListEntry.objects.get(pk=kept["entry"])
    unless_changed(entry.removed_on is None and entry.company_id == company.pk)
    operations.take_off_list(entry, on=entry.from_on, by=by, at=at)


def take_off(company: Company, *, list: TargetList, by: User, at: datetime) -> dict[str, Any]:  # noqa: A002
    entry = queries.entries(on=localdate(at)).filter(list=list, company=company).first()
    if entry is None or entry.removed_on:
        raise NotOnList(_("このリストには載っていません。"))
    entry = operations.take_off_list(entry, on=localdate(at), by=by, at=at)
    return {"entry": entry.pk, "on": entry.removed_on}


def untake(company: Company, kept: dict[str, Any], *, by: User, at: datetime) -> None:
    entry = ListEntry.objects.get(pk=kept["entry"])
    unless_changed(str(entry.removed_on) == kept["on"] and entry.company_id == company.pk)
    operations.put_back_on_list(entry, version=entry.version, by=by, at=at)


LABELS = {put: gettext_lazy("リストに載せる"), take_off: gettext_lazy("リストから外す")}
for list_deed, back in ((put, unput), (take_off, untake)):
    declare(
        Deed(
            f"company-{list_deed.__name__.replace('_', '-')}",
            "companies",
            LABELS[list_deed],
            Act.KEEP_LISTS,
            _companies,
            list_deed,
            back,
            ListForm,
        )
    )

TRASH = gettext_lazy("ごみ箱へ移す")
declare(
    Deed(
        "company-trash",
        "companies",
        TRASH,
        Act.TRASH_COMPANIES,
        _companies,
        *trashing(operations.trash_company, operations.restore_company),
        NothingToSay,
    )
)
declare(
    Deed(
        "contact-trash",
        "contacts",
        TRASH,
        Act.TRASH_COMPANIES,
        _contacts,
        *trashing(operations.trash_contact, operations.restore_contact),
        NothingToSay,
    )
)
declare(
    Deed(
        "list-trash",
        "target-lists",
        TRASH,
        Act.KEEP_LISTS,
        _lists,
        *trashing(operations.trash_list, operations.restore_list),
        NothingToSay,
    )
)
