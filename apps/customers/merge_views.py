"""Pages on which two companies, or two people of a company, become one, and two again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.permissions import may, only_for_who_may
from apps.accounts.settings_rows import Row, Section, row
from apps.accounts.vocabulary import Act
from apps.base.pages import found_or_404, page, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.customers import merge_forms, operations, queries
from apps.customers.models import Company, Contact, Merge
from apps.customers.views import choose_company

SHOWN = 5


@row(Section.DATA, Act.MERGE_COMPANIES)
def duplicates_row(user: User) -> Row:
    value = _("名前・電話・ウェブサイトが同じ会社")
    return Row(_("重複の整理"), value, reverse("customers:duplicates"), _("重複 統合 名寄せ"))


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MERGE_COMPANIES)
def merge_company(request: HttpRequest, company_id: UUID) -> HttpResponse:
    """First the other one is chosen, then field by field whose word holds."""
    survivor = found_or_404(queries.companies(), company_id)
    if "company" not in request.GET:
        here = reverse("customers:merge-company", args=[survivor.pk])
        alike = list(_alike(survivor)[:SHOWN])
        return choose_company(request, to=here, title=_("統合する会社を選ぶ"), recent=alike)
    other = found_or_404(Company.objects.all(), request.GET["company"])
    swap = reverse("customers:merge-company", args=[other.pk]) + f"?company={survivor.pk}"
    return _merge(request, survivor, other, swap=swap, back=survivor)


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MERGE_COMPANIES)
def merge_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    survivor = found_or_404(queries.contacts(), contact_id)
    if "contact" not in request.GET:
        others = queries.contacts(company=survivor.company).exclude(pk=survivor.pk).order_by("reading", "id")
        return page(request, "customers/choose-contact.html", {"contact": survivor, "others": others})
    colleagues = Contact.objects.filter(company=survivor.company)
    other = found_or_404(colleagues, request.GET["contact"])
    swap = reverse("customers:merge-contact", args=[other.pk]) + f"?contact={survivor.pk}"
    return _merge(request, survivor, other, swap=swap, back=survivor.company)


def _merge(
    request: HttpRequest, survivor: Company | Contact, other: Company | Contact, *, swap: str, back: Company
) -> HttpResponse:
    if queries.survivor_of(other) == survivor != other:
        messages.warning(request, _("「%(name)s」は、もう統合してあります。") % {"name": other})
        return redirect(back)
    if other.trashed_at:
        raise Http404
    form = merge_forms.MergeForm(request.POST or None, survivor=survivor, other=other)
    if form.is_valid():
        seen = {"version": form.cleaned_data["version"], "other_version": form.cleaned_data["other_version"]}
        with refusals_shown_on(form):
            made = operations.merge(
                survivor, other=other, **form.facts, **seen, by=request.user, at=timezone.now()
            )
            undo = reverse("customers:unmerge", args=[made.pk])
            tell_done(request, _("「%(name)s」を統合しました。") % {"name": other}, undo=undo)
            return redirect(back)
    choices = [name for name in form.fields if name not in ("version", "other_version")]
    context = {"form": form, "survivor": survivor, "other": other, "swap": swap, "back": back}
    return page(request, "customers/merge.html", context | {"choices": [form[name] for name in choices]})


@require_POST
def unmerge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    merge = found_or_404(Merge.objects.all(), merge_id)
    survivor = queries.survivor_of(found_or_404(queries.kind_of(merge).objects.all(), merge.survivor_id))
    with refusals_told(request):
        parted = operations.unmerge(merge, by=request.user, at=timezone.now())
        messages.success(
            request, _("統合を戻しました。「%(name)s」は別の記録です。") % {"name": parted.other}
        )
        if parted.stayed:
            words = ngettext(
                "統合のあとに変わった%(count)s件は「%(name)s」に残っています。",
                "統合のあとに変わった%(count)s件は「%(name)s」に残っています。",
                parted.stayed,
            )
            messages.warning(request, words % {"count": parted.stayed, "name": parted.survivor})
        survivor = parted.survivor
    return redirect(survivor.company if isinstance(survivor, Contact) else survivor)


@require_safe
def twins(request: HttpRequest, company_id: UUID) -> HttpResponse:
    """Companies that may be the same as this one, and those that were merged into it."""
    company = found_or_404(queries.companies(), company_id)
    context = {
        "company": company,
        "alike": _alike(company)[:SHOWN],
        "merged": queries.merges_of(company),
        "may_merge": may(request.user, Act.MERGE_COMPANIES),
    }
    return page(request, "customers/twins.html", context, parts=["twins"])


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": queries.duplicates(),
        "may_merge": may(request.user, Act.MERGE_COMPANIES),
    }
    return page(request, "customers/duplicates.html", context)


def _alike(company: Company) -> QuerySet[Company]:
    found = queries.alike(name=company.name, phone=company.phone, website=company.website)
    return found.exclude(pk=company.pk)
