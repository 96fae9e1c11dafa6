"""The people who work here."""

from __future__ import annotations

import secrets
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import operations, queries
from apps.accounts.forms import AddUserForm, ChangeUserForm, GradeForm, MoveForm, PasswordForm, PeopleFilter
from apps.accounts.models import User
from apps.accounts.permissions import only_for_who_may
from apps.accounts.vocabulary import Act
from apps.base.pages import listed, made_once, page, searched
from apps.base.refusal import refusals_shown_on, refusals_told

only_for_managers_of_users = only_for_who_may(Act.MANAGE_USERS)


@require_safe
@only_for_managers_of_users
def users(request: HttpRequest) -> HttpResponse:
    wanted = PeopleFilter(request.GET)
    words = searched(request)
    found = queries.people(words=words, active=wanted.active())
    people = listed(request, found, order=["reading", "pk"])
    return page(request, "accounts/users.html", {"wanted": wanted, "words": words, "people": people})


@require_safe
@only_for_managers_of_users
def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(queries.people(), pk=user_id)
    context = {
        "person": person,
        "memberships": queries.memberships_of(person),
        "grades": queries.grades_of(person),
        "factor": queries.factor_of(person),
        "here": request.session.session_key,
        "logins": queries.logins_of(person, at=timezone.now()),
    }
    return page(request, "accounts/user.html", context)


@require_http_methods(["GET", "POST"])
@only_for_managers_of_users
def add_user(request: HttpRequest) -> HttpResponse:
    form = AddUserForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            given = form.cleaned_data
            key = given.pop("key")
            add = partial(operations.add_user, **given, by=request.user, at=timezone.now())
            person, _new = made_once(User, key, add)
            if person.email:
                messages.success(request, _("%(email)sに招待を送りました。") % {"email": person.email})
            else:
                messages.success(request, _("%(name)sさんを加えました。") % {"name": person.name})
            return _to(person)
    return page(request, "accounts/add-user.html", {"form": form})


@require_POST
@only_for_managers_of_users
def offer_password(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    with refusals_told(request):
        operations.offer_password(person, by=request.user, at=timezone.now())
        messages.success(request, _("%(email)sにリンクを送りました。") % {"email": person.email})
    return _to(person)


@require_http_methods(["GET", "POST"])
@only_for_managers_of_users
def change_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    form = ChangeUserForm(request.POST or None, record=person)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_user(person, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("保存しました。"))
            return _to(person)
    return page(request, "accounts/change-user.html", {"form": form, "person": person})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@only_for_managers_of_users
def set_password(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    form = PasswordForm(request.POST or None, person=person)
    if form.is_valid():
        typed = form.cleaned_data["password"]
        password = typed or _new_password()
        operations.set_password(person, password=password, by=request.user, at=timezone.now())
        if not typed:
            return _shown_once(request, person, password)
        messages.success(request, _("新しいパスワードにしました。"))
        return _to(person)
    return page(request, "accounts/set-password.html", {"form": form, "person": person})


def _new_password() -> str:
    return secrets.token_urlsafe(12)


def _shown_once(request: HttpRequest, person: User, password: str) -> HttpResponse:
    """Answered by the POST itself: a redirect would have to keep the password somewhere."""
    return page(request, "accounts/new-password.html", {"person": person, "password": password})


@require_http_methods(["GET", "POST"])
@only_for_managers_of_users
def move_to_team(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    held = queries.memberships_of(person).filter(until_on=None).first()
    initial = {"team": held and held.team_id, "from_on": timezone.localdate()}
    form = MoveForm(request.POST or None, initial=initial)
    if form.is_valid():
        operations.move_to_team(person, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("所属を変えました。"))
        return _to(person)
    return page(request, "accounts/move-to-team.html", {"form": form, "person": person})


@require_http_methods(["GET", "POST"])
@only_for_managers_of_users
def give_grade(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    held = queries.grades_of(person).filter(until_on=None).first()
    initial = {"grade": held and held.grade_id, "from_on": timezone.localdate()}
    form = GradeForm(request.POST or None, initial=initial)
    if form.is_valid():
        operations.give_grade(person, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("等級をつけました。"))
        return _to(person)
    return page(request, "accounts/give-grade.html", {"form": form, "person": person})


@require_POST
@only_for_managers_of_users
def deactivate_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    with refusals_told(request):
        operations.deactivate_user(person, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)sさんを停止しました。") % {"name": person.name})
    return _to(person)


@require_POST
@only_for_managers_of_users
def reactivate_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    operations.reactivate_user(person, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)sさんがまた使えるようになりました。") % {"name": person.name})
    return _to(person)


def _to(person: User) -> HttpResponse:
    return redirect(reverse("accounts:user", args=[person.pk]))
