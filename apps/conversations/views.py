"""Pages of comments and files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.permissions import check, may, reaching
from apps.accounts.vocabulary import Act
from apps.activities.models import DailyReport
from apps.base.pages import found_or_404, listed, made_once, page, searched, tell_done
from apps.base.refusal import refusals_shown_on, refusals_told
from apps.base.uploads import taking_files
from apps.conversations import forms, operations, queries, reading, rules, serving, sniffing, subjects
from apps.conversations.daily_views import answered
from apps.conversations.models import Attachment, Comment

COMMENTS, FILES = 20, 10


@require_safe
def beside(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """What is said and laid beside a record: a part of its page, and a page of its own."""
    return _beside(request, subjects.subject_or_404(kind, subject_id))


def _beside(
    request: HttpRequest, subject: Model, *, form: forms.CommentForm | None = None, new: Any = None
) -> HttpResponse:
    comments = queries.comments(about=subject)
    if isinstance(subject, DailyReport):
        comments = reading.with_waits(comments)
    said = listed(request, comments, order=queries.LATEST_FIRST, size=COMMENTS)
    laid = list(queries.attachments(about=subject).order_by(*queries.LATEST_FIRST)[: FILES + 1])
    may_write = may(request.user, Act.COMMENT)
    context = _about(subject) | {
        "comments": said,
        "names": queries.names_in(comment.text for comment in said.rows),
        "new": new,
        "form": (form or _comment_form(subject)()) if may_write else None,
        "files": _with_ways(request, laid[:FILES]),
        "more_files": len(laid) > FILES,
        "files_form": forms.FilesForm() if may(request.user, Act.ATTACH_FILES) else None,
        "most": settings.LARGEST_ATTACHMENT // 2**20,
    }
    return page(request, "conversations/beside.html", context, parts=["beside", "earlier"])


def _comment_form(subject: Model) -> type[forms.CommentForm]:
    return forms.ReportCommentForm if isinstance(subject, DailyReport) else forms.CommentForm


def _about(subject: Model) -> dict[str, Any]:
    return {"subject": subject, "kind": subjects.kind_of(subject), "back": subjects.address(subject)}


def _with_ways(request: HttpRequest, laid: list[Attachment]) -> list[tuple[Attachment, bool, bool]]:
    """Each file with whether a browser may draw it and whether this person may take it away."""
    may_remove = reaching(request.user, Act.ATTACH_FILES)
    return [(file, file.kind in sniffing.PICTURES, may_remove(file.responsible_id)) for file in laid]


# ── comments ───────────────────────────────────────────────────────────────────────────────────────


@require_POST
def write(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    subject = subjects.subject_or_404(kind, subject_id)
    check(request.user, Act.COMMENT)
    form = _comment_form(subject)(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        with refusals_shown_on(form):
            comment, _new = made_once(
                Comment,
                given.pop("key"),
                lambda **once: operations.write_comment(
                    **given, **once, about=subject, by=request.user, at=timezone.now()
                ),
            )
            if request.htmx.target == "beside":  # type: ignore[attr-defined]
                return _beside(request, subject, new=comment.pk)
            if request.htmx.target == f"talk-{subject.pk}":  # type: ignore[attr-defined]
                return answered(request, subject, comments=True)
            return redirect(f"{subjects.address(subject)}#beside")
    if request.htmx.target == f"talk-{subject.pk}":  # type: ignore[attr-defined]
        return answered(request, subject, form=form, comments=True)
    return _beside(request, subject, form=form)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Whom the letters after an @ may mean."""
    found = queries.people_called(searched(request))
    return page(request, "conversations/people.html", {"people": found})


def _own_comment(request: HttpRequest, comment_id: UUID) -> Comment:
    comment = found_or_404(queries.comments(), comment_id)
    check(request.user, Act.COMMENT, comment.responsible_id)
    return comment


@require_http_methods(["GET", "POST"])
def change_comment(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    comment = _own_comment(request, comment_id)
    subject = queries.subject_of(comment)
    form = forms.ChangeCommentForm(request.POST or None, record=comment)
    if form.is_valid():
        with refusals_shown_on(form):
            operations.change_comment(comment, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("コメントを直しました。"))
            return redirect(f"{subjects.address(subject)}#beside")
    return page(request, "conversations/change-comment.html", _about(subject) | {"form": form})


@require_safe
def wordings(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """What a comment said before it was changed."""
    comment = found_or_404(queries.comments(), comment_id)
    told = queries.wordings(comment)
    context = _about(queries.subject_of(comment)) | {
        "comment": comment,
        "wordings": told,
        "names": queries.names_in(wording.text for wording in told),
    }
    return page(request, "conversations/wordings.html", context)


@require_POST
def take_back_comment(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    comment = _own_comment(request, comment_id)
    with refusals_told(request):
        operations.take_back_comment(comment, by=request.user, at=timezone.now())
        undo = reverse("conversations:restore-comment", args=[comment.pk])
        tell_done(request, _("コメントを取り消しました。"), undo=undo)
    return redirect(f"{subjects.address(queries.subject_of(comment))}#beside")


@require_POST
def restore_comment(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    comment = found_or_404(queries.removed_comments(), comment_id)
    with refusals_told(request):
        operations.restore_comment(comment, by=request.user, at=timezone.now())
        messages.success(request, _("コメントを元に戻しました。"))
    return redirect(f"{subjects.address(queries.subject_of(comment))}#beside")


# ── files ──────────────────────────────────────────────────────────────────────────────────────────


@taking_files(lambda: settings.LARGEST_ATTACHMENT)
@require_POST
def attach(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """Each file is taken or refused by itself, so that one that is not taken costs nobody the others."""
    subject = subjects.subject_or_404(kind, subject_id)
    check(request.user, Act.ATTACH_FILES)
    form = forms.FilesForm(request.POST, request.FILES)
    refused = [operations.too_large(rules.file_name(name)) for name in request.too_large]  # type: ignore[attr-defined]
    if form.is_valid():
        key, count = form.cleaned_data["key"], 0
        for number, file in enumerate(form.cleaned_data["files"]):
            try:
                _attach(request, subject, f"{key}:{number}", file)
                count += 1
            except operations.NotTaken as refusal:
                refused.append(str(refusal))
        if count:
            said = ngettext(
                "%(count)d個のファイルを付けました。", "%(count)d個のファイルを付けました。", count
            )
            messages.success(request, said % {"count": count})
    elif not refused:
        refused.append(_("ファイルを選んでください。"))
    for sentence in refused:
        messages.error(request, sentence)
    # What was refused stands at the head of the page.
    return redirect(subjects.address(subject) + ("" if refused else "#beside"))


def _attach(request: HttpRequest, subject: Model, key: str, file: Any) -> None:
    made_once(
        Attachment,
        key,
        lambda **once: operations.attach_file(
            about=subject, file=file, name=file.name, **once, by=request.user, at=timezone.now()
        ),
    )


@require_safe
def files(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """All files beside a record."""
    subject = subjects.subject_or_404(kind, subject_id)
    laid = listed(request, queries.attachments(about=subject), order=queries.LATEST_FIRST)
    context = _about(subject) | {"files": _with_ways(request, laid.rows), "next": laid.next}
    return page(request, "conversations/files.html", context)


@require_safe
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    return serving.given_out(found_or_404(queries.attachments(), attachment_id), shown="show" in request.GET)


@require_POST
def remove_file(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    file = found_or_404(queries.attachments(), attachment_id)
    with refusals_told(request):
        operations.remove_file(file, by=request.user, at=timezone.now())
        undo = reverse("conversations:restore-file", args=[file.pk])
        tell_done(request, _("「%(name)s」を外しました。") % {"name": file.name}, undo=undo)
    return redirect(f"{subjects.address(queries.subject_of(file))}#beside")


@require_POST
def restore_file(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    file = found_or_404(queries.removed_attachments(), attachment_id)
    with refusals_told(request):
        operations.restore_file(file, by=request.user, at=timezone.now())
        messages.success(request, _("「%(name)s」を戻しました。") % {"name": file.name})
    return redirect(f"{subjects.address(queries.subject_of(file))}#beside")
