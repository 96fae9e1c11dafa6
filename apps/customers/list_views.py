"""Pages of target lists."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.lists import OpenedList
from apps.accounts.models import User
from apps.accounts.permissions import check, may, reaching, within_reach
from apps.accounts.vocabulary import Act
from apps.base.pages import found_or_404, listed, made_once, page, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.customers import forms, operations, queries
from apps.customers.lists import TARGET_LISTS
from apps.customers.models import TargetList
from apps.customers.views import choose_company, tell_made


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    listing = OpenedList(request, TARGET_LISTS)
    if listing.leads_to:
        return redirect(listing.leads_to)
    context = {
        "listing": listing,
        "total": listing.found.count(),
        "may_keep": may(request.user, Act.KEEP_LISTS),
    }
    return page(request, "customers/lists.html", context, parts=["list-rows", "filter"])


@require_safe
def target_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    today = timezone.localdate()
    target = found_or_404(queries.lists(on=today), list_id)
    context = {
        "list": target,
        "entries": listed(
            request,
            queries.entries(on=today).filter(list=target),
            order=("company__reading", "company__name", "id"),
        ),
        "may_keep": may(request.user, Act.KEEP_LISTS, target.responsible_id),
    }
    return page(request, "customers/list.html", context)


@require_http_methods(["GET", "POST"])
def add_list(request: HttpRequest) -> HttpResponse:
    check(request.user, Act.KEEP_LISTS)
    owners = within_reach(request.user, Act.KEEP_LISTS)
    form = forms.NewListForm(request.POST or None, owners=owners, initial={"owner": request.user})
    if form.is_valid():
        given = dict(form.cleaned_data)
        with refusals_shown_on(form):
            made, new = made_once(
                TargetList,
                given.pop("key"),
                lambda **once: operations.add_list(**given, **once, by=request.user, at=timezone.now()),
            )
            tell_made(request, new, _("リストを作りました。"))
            return redirect(made)
    return page(request, "customers/add-list.html", {"form": form})


@require_http_methods(["GET", "POST"])
def change_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    target = found_or_404(queries.lists(), list_id)
    check(request.user, Act.KEEP_LISTS, target.responsible_id)
    owners = (within_reach(request.user, Act.KEEP_LISTS) | User.objects.filter(pk=target.owner_id)).distinct()
    form = forms.ListForm(request.POST or None, record=target, owners=owners)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_list(
                target,
                **form.changed,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("リストを変更しました。"))
            return redirect(target)
    return page(request, "customers/change-list.html", {"form": form, "list": target})


@require_POST
def trash_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    target = found_or_404(queries.lists(), list_id)
    with refusals_told(request):
        operations.trash_list(target, by=request.user, at=timezone.now())
        undo = reverse("customers:restore-list", args=[target.pk])
        tell_done(request, _("リストをごみ箱へ移しました。"), undo=undo)
        return redirect("customers:lists")
    return redirect(target)


@require_POST
def restore_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    target = found_or_404(TargetList.objects.all(), list_id)
    with refusals_told(request):
        operations.restore_list(target, by=request.user, at=timezone.now())
        messages.success(request, _("ごみ箱から戻しました。"))
        return redirect(target)
    return redirect("activities:trash")


@require_http_methods(["GET", "POST"])
def put_on_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """First the company is chosen, then the day from which it stands on the list."""
    target = found_or_404(queries.lists(), list_id)
    check(request.user, Act.KEEP_LISTS, target.responsible_id)
    here = reverse("customers:put-on-list", args=[target.pk])
    if request.method == "GET" and "company" not in request.GET:
        return choose_company(request, to=here, title=_("リストに載せる"))
    chosen = found_or_404(queries.companies(), request.POST.get("company") or request.GET.get("company"))
    initial = {"company": chosen.pk, "on": timezone.localdate()}
    form = forms.PutForm(request.POST or None, initial=initial)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.put_on_list(target, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("「%(name)s」を載せました。") % {"name": chosen.name})
            return redirect(target)
    return page(request, "customers/put-on-list.html", {"form": form, "list": target, "company": chosen})


@require_POST
def take_off_list(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    entry = found_or_404(queries.entries(), entry_id)
    with refusals_told(request):
        operations.take_off_list(entry, on=timezone.localdate(), by=request.user, at=timezone.now())
        messages.success(request, _("「%(name)s」を外しました。") % {"name": entry.company.name})
    return redirect(entry.company if request.POST.get("from") == "company" else entry.list)


def _within_reach(user: User) -> QuerySet[TargetList]:
    """The lists on which this person may put companies."""
    return queries.lists().filter(owner__in=within_reach(user, Act.KEEP_LISTS)).order_by("name", "id")


@require_http_methods(["GET", "POST"])
def lists_of_company(request: HttpRequest, company_id: UUID) -> HttpResponse:
    """On which lists the company stands, and a way onto another one."""
    company = found_or_404(queries.companies(), company_id)
    if request.method == "POST":
        check(request.user, Act.KEEP_LISTS)
    today = timezone.localdate()
    stands = list(queries.entries(on=today).filter(company=company).order_by("list__name", "id"))
    others = _within_reach(request.user).exclude(pk__in=[entry.list_id for entry in stands])
    form = forms.ChooseListForm(request.POST or None, among=others)
    if form.is_valid():
        with refusals_shown_on(form):
            chosen = form.cleaned_data["list"]
            operations.put_on_list(chosen, company=company, on=today, by=request.user, at=timezone.now())
            messages.success(request, _("「%(name)s」に載せました。") % {"name": chosen.name})
            return redirect(company)
    may_take_off = reaching(request.user, Act.KEEP_LISTS)
    context = {
        "company": company,
        "entries": [(entry, may_take_off(entry.responsible_id)) for entry in stands],
        "form": form if form.fields["list"].queryset.exists() else None,
    }
    return page(request, "customers/lists-of-company.html", context, parts=["company-lists"])
