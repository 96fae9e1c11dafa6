"""One value of a company or a contact, changed where it stands."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.cells import CELLS, Cell, Cells, cell
from apps.accounts.vocabulary import Act
from apps.base.forms import ChangeForm
from apps.base.pages import found_or_404
from apps.base.templatetags.baton import count
from apps.customers import forms, operations, queries
from apps.customers.models import Company, Contact


def _cell(form: type[ChangeForm], field: str, said: str = "", *, leads: str = "") -> Cell:
    """A cell of one field; `said`: the attribute that holds its words, if not the field itself."""
    words = attrgetter(said or field)
    return Cell(form, (field,), words, leads)


def _employees(company: Company) -> str:
    return "" if company.employees is None else _people(company.employees, get_language())


@lru_cache(maxsize=4_096)
def _people(number: int, _language: str) -> str:
    return ngettext("%(number)s名", "%(number)s名", number) % {"number": count(number)}


CELLS[Company] = Cells(
    "customers:company-cell",
    Act.KEEP_COMPANIES,
    operations.change_company,
    {
        "phone": _cell(forms.CompanyForm, "phone", leads="tel:"),
        "website": _cell(forms.CompanyForm, "website", leads="https:"),
        "employees": Cell(forms.CompanyForm, ("employees",), _employees),
        "industry": _cell(forms.CompanyForm, "industry", "industry_name"),
        "area": _cell(forms.CompanyForm, "area", "area_name"),
        "busy_months": _cell(forms.CompanyForm, "busy_months", "busy"),
        "buying_months": _cell(forms.CompanyForm, "buying_months", "buying"),
        "note": _cell(forms.CompanyForm, "note"),
    },
)
CELLS[Contact] = Cells(
    "customers:contact-cell",
    Act.KEEP_COMPANIES,
    operations.change_contact,
    {
        "department": _cell(forms.ContactForm, "department"),
        "title": _cell(forms.ContactForm, "title"),
        "phone": _cell(forms.ContactForm, "phone", leads="tel:"),
        "email": _cell(forms.ContactForm, "email", leads="mailto:"),
    },
)


@require_http_methods(["GET", "POST"])
def company_cell(request: HttpRequest, company_id: UUID, field: str) -> HttpResponse:
    return cell(request, found_or_404(queries.companies(), company_id), field)


@require_http_methods(["GET", "POST"])
def contact_cell(request: HttpRequest, contact_id: UUID, field: str) -> HttpResponse:
    return cell(request, found_or_404(queries.contacts(), contact_id), field)
