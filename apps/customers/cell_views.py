"""One value of a record, changed where it stands in a list."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.permissions import check
from apps.accounts.vocabulary import Act
from apps.base.forms import ChangeForm
from apps.base.pages import found_or_404
from apps.base.refusal import refusals_shown_on
from apps.customers import forms, operations, queries
from apps.customers.models import Company, Contact
from apps.journal import queries as journal

COMPANY_CELLS = {"phone"}
CONTACT_CELLS = {"phone", "department", "title", "email"}


@require_http_methods(["GET", "POST"])
def company_cell(request: HttpRequest, company_id: UUID, field: str) -> HttpResponse:
    company = found_or_404(queries.companies(), company_id)
    if field not in COMPANY_CELLS:
        raise Http404
    return _cell(request, company, field, forms.CompanyForm, operations.change_company)


@require_http_methods(["GET", "POST"])
def contact_cell(request: HttpRequest, contact_id: UUID, field: str) -> HttpResponse:
    contact = found_or_404(queries.contacts(), contact_id)
    if field not in CONTACT_CELLS:
        raise Http404
    return _cell(request, contact, field, forms.ContactForm, operations.change_contact)


def _cell(
    request: HttpRequest,
    record: Company | Contact,
    field: str,
    shape: type[ChangeForm],
    change: Callable[..., Company | Contact],
) -> HttpResponse:
    """The value, or the field in its place; after a conflict both values, who and when, and one chooses."""
    check(request.user, Act.KEEP_COMPANIES)
    form = shape(request.POST or None, record=record)
    for other in form.fields.keys() - {field, "version"}:
        del form.fields[other]
    context = {"record": record, "field": field, "may_keep": True}
    if "shown" in request.GET:
        return _answer(request, context | {"value": getattr(record, field)})
    if form.is_valid():
        with refusals_shown_on(form):
            version = form.cleaned_data["version"]
            record = change(record, **form.changed, version=version, by=request.user, at=timezone.now())
            if not request.htmx:  # type: ignore[attr-defined]
                return redirect(record.company if isinstance(record, Contact) else record)
            return _answer(request, context | {"record": record, "value": getattr(record, field)})
        context["since"] = journal.entries_about(record.pk).first()
    form.fields[field].widget.attrs["autofocus"] = True
    url = reverse(f"customers:{record._meta.model_name}-cell", args=[record.pk, field])
    return _answer(request, context | {"form": form, "input": form[field], "url": url})


def _answer(request: HttpRequest, context: dict) -> HttpResponse:
    part = "#cell" if request.htmx else ""  # type: ignore[attr-defined]
    return TemplateResponse(request, f"customers/cell.html{part}", context)
