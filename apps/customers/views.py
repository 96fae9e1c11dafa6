"""Pages of companies and contacts."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.lists import OpenedList
from apps.accounts.permissions import check, may
from apps.accounts.vocabulary import Act
from apps.base.listing import place_of
from apps.base.pages import PAGE, found_or_404, local_address, made_once, page, searched, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.customers import forms, operations, queries
from apps.customers.lists import COMPANIES, CONTACTS
from apps.customers.models import Company, Contact

BY_READING = ("reading", "id")
SUGGESTED = 12
ALIKE = 5


@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    listing = OpenedList(request, COMPANIES)
    if listing.leads_to:
        return redirect(listing.leads_to)
    context = {
        "listing": listing,
        "total": listing.found.count(),
        "may_keep": may(request.user, Act.KEEP_COMPANIES),
        "may_merge": may(request.user, Act.MERGE_COMPANIES),
    }
    return page(request, "customers/companies.html", context, parts=["company-rows", "filter"])


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    listing = OpenedList(request, CONTACTS)
    if listing.leads_to:
        return redirect(listing.leads_to)
    context = {
        "listing": listing,
        "total": listing.found.count(),
        "may_keep": may(request.user, Act.KEEP_COMPANIES),
    }
    return page(request, "customers/all-contacts.html", context, parts=["contact-rows", "filter"])


@require_safe
def company(request: HttpRequest, company_id) -> HttpResponse:
    known = queries.with_standing(queries.or_merged(Company)).select_related("lead_source", "campaign")
    company = found_or_404(known, company_id)
    if company.merged_into_id:
        return redirect(queries.survivor_of(company))
    context = {
        "company": company,
        "place": place_of(request, company),
        "contacts": queries.contacts(company=company).order_by(*BY_READING),
        "may_keep": may(request.user, Act.KEEP_COMPANIES),
        "may_trash": may(request.user, Act.TRASH_COMPANIES),
        "may_follow": may(request.user, Act.RECORD_FOLLOWS),
        "may_visit": may(request.user, Act.KEEP_VISITS),
        "may_open_deals": may(request.user, Act.KEEP_DEALS),
    }
    return page(request, "customers/company.html", context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Search a company in order to do something with it."""
    return choose_company(request, to=_meant_for(request), title=_("会社を選ぶ"))


def choose_company(
    request: HttpRequest, *, to: str, title: str, recent: Sequence[Company] = ()
) -> HttpResponse:
    """The page on which one chooses the company; the choice leads to `to` as ?company=…"""
    words = searched(request)
    found = queries.companies(words=words).order_by(*BY_READING)[:SUGGESTED] if words else []
    context = {
        "found": found,
        "words": words,
        "recent": recent,
        "to": to,
        "link": f"{to}{'&' if '?' in to else '?'}company=",
        "add": reverse("customers:add-company") + "?" + urlencode({"name": words, "to": to}),
        "title": title,
        "may_keep": may(request.user, Act.KEEP_COMPANIES),
    }
    return page(request, "customers/choose-company.html", context, parts=["suggestions"])


def _meant_for(request: HttpRequest) -> str:
    """What the company is chosen or added for, if anything; else the list of companies."""
    return local_address(request, "to", otherwise=reverse("customers:companies"))


@require_http_methods(["GET", "POST"])
def add_company(request: HttpRequest) -> HttpResponse:
    check(request.user, Act.KEEP_COMPANIES)
    form = forms.NewCompanyForm(request.POST or None, initial={"name": searched(request, "name")})
    alike = _alike(request, form)
    if form.is_valid() and not alike:
        given = dict(form.cleaned_data)
        with refusals_shown_on(form):
            company, new = made_once(
                Company,
                given.pop("key"),
                lambda **once: operations.add_company(**given, **once, by=request.user, at=timezone.now()),
            )
            tell_made(request, new, _("顧客を加えました。"))
            return redirect(_after_adding(request, company))
    meant = [(company, _after_adding(request, company)) for company in alike]
    return page(request, "customers/add-company.html", {"form": form, "alike": meant})


def _alike(request: HttpRequest, form: forms.NewCompanyForm) -> list[Company]:
    """Companies that may be the one to be added, unless the person has said that it is another one."""
    if not form.is_valid() or "apart" in request.POST:
        return []
    typed = {name: form.cleaned_data[name] for name in ("name", "phone", "website")}
    found = queries.alike(**typed).exclude(source=PAGE, external_id=str(form.cleaned_data["key"]))
    return list(found[:ALIKE])


def _after_adding(request: HttpRequest, company: Company) -> str:
    """Back to what the company was added for, if anything."""
    if "to" not in request.GET:
        return company.get_absolute_url()
    to = _meant_for(request)
    return f"{to}{'&' if '?' in to else '?'}company={company.pk}"


def tell_made(request: HttpRequest, new: bool, words: str) -> None:
    """Say that it was recorded, or that this opened form had recorded it before."""
    if new:
        messages.success(request, words)
    else:
        messages.warning(
            request, _("この画面の内容はもう記録してあります。直すときは、下の記録を変更してください。")
        )


@require_http_methods(["GET", "POST"])
def change_company(request: HttpRequest, company_id) -> HttpResponse:
    company = found_or_404(queries.companies(), company_id)
    check(request.user, Act.KEEP_COMPANIES)
    form = forms.CompanyForm(request.POST or None, record=company)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_company(
                company,
                **form.changed,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("顧客を変更しました。"))
            return redirect(company)
    return page(request, "customers/change-company.html", {"form": form, "company": company})


@require_POST
def trash_company(request: HttpRequest, company_id) -> HttpResponse:
    company = found_or_404(queries.companies(), company_id)
    with refusals_told(request):
        operations.trash_company(company, by=request.user, at=timezone.now())
        undo = reverse("customers:restore-company", args=[company.pk])
        tell_done(request, _("顧客をごみ箱へ移しました。"), undo=undo)
        return redirect("customers:companies")
    return redirect(company)


@require_POST
def restore_company(request: HttpRequest, company_id) -> HttpResponse:
    company = found_or_404(Company.objects.all(), company_id)
    with refusals_told(request):
        operations.restore_company(company, by=request.user, at=timezone.now())
        messages.success(request, _("顧客をごみ箱から戻しました。"))
    return redirect(company)


@require_http_methods(["GET", "POST"])
def add_contact(request: HttpRequest, company_id) -> HttpResponse:
    company = found_or_404(queries.companies(), company_id)
    check(request.user, Act.KEEP_COMPANIES)
    form = forms.NewContactForm(request.POST or None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        with refusals_shown_on(form):
            _contact, new = made_once(
                Contact,
                given.pop("key"),
                lambda **once: operations.add_contact(
                    **given, **once, company=company, by=request.user, at=timezone.now()
                ),
            )
            tell_made(request, new, _("担当者を加えました。"))
            return redirect(company)
    return page(request, "customers/add-contact.html", {"form": form, "company": company})


@require_http_methods(["GET", "POST"])
def change_contact(request: HttpRequest, contact_id) -> HttpResponse:
    contact = found_or_404(queries.or_merged(Contact).select_related("company"), contact_id)
    if contact.merged_into_id:
        return redirect("customers:change-contact", queries.survivor_of(contact).pk)
    check(request.user, Act.KEEP_COMPANIES)
    form = forms.ContactForm(request.POST or None, record=contact)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_contact(
                contact,
                **form.changed,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("担当者を変更しました。"))
            return redirect(contact.company)
    context = {
        "form": form,
        "contact": contact,
        "place": place_of(request, contact),
        "may_trash": may(request.user, Act.TRASH_COMPANIES),
        "may_merge": may(request.user, Act.MERGE_COMPANIES),
    }
    return page(request, "customers/change-contact.html", context)


@require_POST
def trash_contact(request: HttpRequest, contact_id) -> HttpResponse:
    contact = found_or_404(queries.contacts(), contact_id)
    with refusals_told(request):
        operations.trash_contact(contact, by=request.user, at=timezone.now())
        undo = reverse("customers:restore-contact", args=[contact.pk])
        tell_done(request, _("担当者をごみ箱へ移しました。"), undo=undo)
    return redirect(contact.company)


@require_POST
def restore_contact(request: HttpRequest, contact_id) -> HttpResponse:
    contact = found_or_404(Contact.objects.select_related("company"), contact_id)
    with refusals_told(request):
        operations.restore_contact(contact, by=request.user, at=timezone.now())
        messages.success(request, _("担当者をごみ箱から戻しました。"))
    return redirect("activities:trash")
