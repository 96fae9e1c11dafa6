"""What is kept about a person: told to them, or erased."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import operations, privacy
from apps.accounts.forms import EraseForm
from apps.accounts.models import User
from apps.accounts.permissions import only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.pages import page
from apps.base.refusal import refusals_shown_on
from apps.base.spreadsheet import csv_response


@never_cache
@require_POST
@only_for_who_may(Act.MANAGE_USERS)
def disclose_person(request: HttpRequest, user_id: UUID) -> HttpResponseBase:
    person = get_object_or_404(User, pk=user_id)
    told = operations.disclose_person(person, by=request.user, at=timezone.now())
    if request.POST.get("form") == "csv":
        return csv_response(f"person-{person.pk}.csv", privacy.as_rows(told))
    answer = JsonResponse(told, encoder=privacy.Plain, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="person-{person.pk}.json"'
    return answer


@require_http_methods(["GET", "POST"])
@only_for_who_may(Act.MANAGE_USERS)
def erase_person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    form = EraseForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.erase_person(person, by=request.user, at=timezone.now())
            messages.success(request, _("個人情報を消しました。"))
            return redirect("accounts:user", person.pk)
    return page(request, "accounts/erase-person.html", {"person": person, "form": form})
