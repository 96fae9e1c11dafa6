"""ひとことで記録 — one line becomes a record, several lines several."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.permissions import check, may
from apps.accounts.vocabulary import Act
from apps.actions import operations, queries
from apps.actions.captured import Captured, key_of_line
from apps.actions.forms import LONGEST
from apps.actions.models import UnseenLine
from apps.activities import queries as activities
from apps.base import text
from apps.base.models import new_id
from apps.base.pages import found_or_404, local_address, ours, page, tell_done
from apps.base.refusal import Refused, refusals_shown_on, refusals_told
from apps.customers import operations as customers_operations
from apps.customers import queries as customers
from apps.customers.models import Company
from apps.inbox import sending

LINES = 50
ALIKE = 5
LONGEST_ADDRESS = 3_000


@require_http_methods(["GET", "POST"])
def capture(request: HttpRequest) -> HttpResponse:
    check(request.user, Act.RECORD_FOLLOWS)
    unseen, now = _unseen(request), timezone.now()
    if request.method == "GET" and unseen:
        captured = Captured(unseen.line, user=request.user, now=unseen.written_at, posted=_key_of(unseen))
        return _page(request, line=unseen.line, captured=captured, unseen=unseen)
    if request.method == "GET":
        return _page(request, line=_begun(request))
    lines = _lines(request.POST.get("line", ""))
    if not lines:
        return _page(request, unseen=unseen)
    if len(lines) > LINES:
        messages.error(
            request, _("一度に読めるのは%(most)s行までです。分けて貼り付けてください。") % {"most": LINES}
        )
        return _page(request, line=request.POST["line"], unseen=unseen)
    if written_at := sending.later(request, now=now):
        if unseen:
            written_at = unseen.written_at
        return _laid_up(request, lines, unseen=unseen, written_at=written_at, now=now)
    if len(lines) > 1:
        return _several(request, lines, unseen=unseen)
    captured = Captured(
        lines[0],
        user=request.user,
        now=unseen.written_at if unseen else now,
        posted=request.POST.dict() | _key_of(unseen),
    )
    if "save" in request.POST and captured.ready:
        return _kept(request, captured, unseen=unseen)
    return _page(request, line=captured.line, captured=captured, unseen=unseen)


def _unseen(request: HttpRequest) -> UnseenLine | None:
    """The line that is looked at now, if it is one of those that came from a place without network."""
    if "unseen" not in request.GET:
        return None
    found: UnseenLine = found_or_404(queries.unseen_lines(request.user), request.GET["unseen"])
    return found


def _key_of(unseen: UnseenLine | None) -> dict[str, str]:
    return {"key": str(unseen.pk)} if unseen else {}


def _kept(request: HttpRequest, captured: Captured, *, unseen: UnseenLine | None) -> HttpResponse:
    """The record, and the way back to where the line was written."""
    if captured.awaiting:
        if unseen:
            operations.take_line_into_report(
                unseen, captured.awaiting, words=captured.line, by=request.user, at=timezone.now()
            )
        report = reverse("activities:report", args=[captured.awaiting.pk])
        return redirect(f"{report}?{urlencode({'result': captured.line})}")
    with refusals_shown_on(captured.form):
        if captured.keep(at=timezone.now()):
            words = _("%(company)sの%(kind)sを記録しました。")
            key = captured.form.cleaned_data["key"]
            said = words % {"company": captured.company, "kind": _kind_words(captured)}
            _tell(request, said, key, back=_back(request))
        return redirect(_back(request))
    return _page(request, line=captured.line, captured=captured, unseen=unseen)


def _kind_words(captured: Captured) -> str:
    return _("訪問") if captured.form.cleaned_data["kind"] == "visit" else _("フォロー")


def _tell(request: HttpRequest, words: str, together: UUID, *, back: str) -> None:
    """Taking back leads to where its writer is by then."""
    undo = reverse("actions:take-back-capture", args=[together])
    tell_done(request, words, undo=f"{undo}?{urlencode({'back': back})}")


def _keys(key: UUID, lines: list[str], unseen: UnseenLine | None) -> list[UUID]:
    """A key for each line; the one that waited for a look keeps its own."""
    keys = [key_of_line(key, number, line) for number, line in enumerate(lines)]
    if unseen:
        keys[lines.index(unseen.line) if unseen.line in lines else 0] = unseen.pk
    return keys


def _several(request: HttpRequest, lines: list[str], *, unseen: UnseenLine | None) -> HttpResponse:
    """A preview of each line; what is sure is kept together, the others stay to be settled."""
    key, now = _key(request), unseen.written_at if unseen else timezone.now()
    read = [
        Captured(line, user=request.user, now=now, posted={"key": str(own)})
        for line, own in zip(lines, _keys(key, lines, unseen), strict=True)
    ]
    if "save" not in request.POST:
        return _page(request, line="\n".join(lines), several=read, key=key, unseen=unseen)
    left = []
    count = 0
    for captured in read:
        if not captured.ready or captured.awaiting:
            left.append(captured)
            continue
        try:
            captured.keep(together=key, at=timezone.now())
            count += 1
        except Refused as refusal:
            captured.form.add_error(None, str(refusal))
            left.append(captured)
    if count:
        words = ngettext("%(count)s件を記録しました。", "%(count)s件を記録しました。", count) % {
            "count": count
        }
        _tell(request, words, key, back=_with_what_is_left(left) if left else _back(request))
    if not left:
        return redirect(_back(request))
    waits = unseen if unseen and any(one.posted["key"] == str(unseen.pk) for one in left) else None
    return _page(request, line="\n".join(c.line for c in left), several=left, key=new_id(), unseen=waits)


def _with_what_is_left(left: list[Captured]) -> str:
    """The page of the line, with the lines that are still to be settled, as far as an address holds them."""
    address = f"{reverse('actions:capture')}?{urlencode({'line': chr(10).join(one.line for one in left)})}"
    return address if len(address) < LONGEST_ADDRESS else reverse("actions:capture")


def _laid_up(
    request: HttpRequest, lines: list[str], *, unseen: UnseenLine | None, written_at: datetime, now: datetime
) -> HttpResponse:
    """Sent without network: recorded only as far as its writer had seen how it is read, the rest waits for a look."""
    key = _key(request)
    seen = _lines(request.POST.get("read", "")) == lines and "save" in request.POST
    left = {}
    count = 0
    for number, (line, own) in enumerate(zip(lines, _keys(key, lines, unseen), strict=True)):
        posted = request.POST.dict() | _key_of(unseen) if len(lines) == 1 else {"key": str(own)}
        captured = Captured(line, user=request.user, now=written_at, posted=posted)
        if seen and captured.ready and not captured.awaiting:
            with suppress(Refused):
                captured.keep(together=key, at=now)
                count += 1
                continue
        waits = unseen and own == unseen.pk
        left[own if waits else key_of_line(request.user.pk, number, f"{key} {line}")] = captured.line
    if count:
        words = ngettext("%(count)s件を記録しました。", "%(count)s件を記録しました。", count)
        messages.success(request, words % {"count": count})
    if left:
        operations.lay_up_lines(left, written_at=written_at, by=request.user, at=now)
        messages.success(request, _("圏外で書いた行が届きました。読み取りを確かめて記録してください。"))
    return redirect("actions:capture")


@require_POST
def throw_away_line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    line = found_or_404(queries.unseen_lines(request.user), line_id)
    operations.throw_away_line(line, by=request.user, at=timezone.now())
    tell_done(request, _("行を捨てました。"), undo=reverse("actions:bring-back-line", args=[line.pk]))
    return redirect(_back(request))


@require_POST
def bring_back_line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """捨てた行を戻す"""
    line = found_or_404(UnseenLine.objects.filter(user=request.user), line_id)
    with refusals_told(request):
        operations.bring_back_line(line, by=request.user, at=timezone.now())
        messages.success(request, _("元に戻しました。"))
    return redirect("actions:capture")


@require_POST
def add_captured_company(request: HttpRequest) -> HttpResponse:
    """新しい顧客として加える — by a tap, after what may be the same was shown."""
    check(request.user, Act.KEEP_COMPANIES)
    unseen = _unseen(request)
    posted = request.POST.dict() | _key_of(unseen)
    name = text.without_controls(posted.get("new_name", ""))[:200]
    lines = _lines(posted.get("line", ""))
    if not name or len(lines) != 1:
        return _page(request, line=posted.get("line", "")[:LONGEST], unseen=unseen)
    alike = [] if "apart" in posted else list(customers.alike(name=name)[:ALIKE])
    if not alike:
        with refusals_told(request):
            company = customers_operations.add_company(name=name, by=request.user, at=timezone.now())
            posted["company"] = str(company.pk)
            messages.success(request, _("顧客を加えました。"))
    written_at = unseen.written_at if unseen else timezone.now()
    captured = Captured(lines[0], user=request.user, now=written_at, posted=posted)
    return _page(request, line=captured.line, captured=captured, alike=alike, unseen=unseen)


@require_POST
def take_back_capture(request: HttpRequest, capture_id: UUID) -> HttpResponse:
    kept = list(queries.captures(request.user).filter(together=capture_id))
    if not kept:
        raise Http404
    with refusals_told(request):
        operations.take_back_captures(kept, by=request.user, at=timezone.now())
        messages.success(request, _("元に戻しました。"))
    return redirect(local_address(request, "back", otherwise=reverse("actions:today")))


def _page(request: HttpRequest, *, line: str = "", **shown: Any) -> HttpResponse:
    context = {
        "line": line,
        "key": shown.pop("key", None) or _key(request),
        "left": request.method == "POST" and bool(line),
        "recent": []
        if shown.get("captured") or shown.get("several")
        else activities.recent_companies(request.user),
        "back": _back(request) if request.method == "POST" else request.GET.get("back", ""),
        "may_add": may(request.user, Act.KEEP_COMPANIES),
        "longest": LONGEST,
    } | shown
    if not request.htmx:  # type: ignore[attr-defined]
        context["unseen_lines"] = queries.unseen_lines(request.user)
    if captured := shown.get("captured"):
        context["stays_open"] = "save" in request.POST or "company_words" in request.POST
        context["key"] = captured.form["key"].value()
    if several := shown.get("several"):
        context["settled"] = sum(1 for one in several if one.ready and not one.awaiting)
    return page(request, "actions/capture.html", context, parts=["capture-chips", "capture-form"])


def _begun(request: HttpRequest) -> str:
    """A line that begins with the company that was tapped."""
    if "company" in request.GET:
        company: Company = found_or_404(customers.companies(), request.GET["company"])
        return f"{company.name} "
    return text.without_controls(request.GET.get("line", ""))[: LONGEST * LINES]


def _lines(written: str) -> list[str]:
    return [line[:LONGEST] for row in written.splitlines() if (line := text.without_controls(row))]


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return new_id()


def _back(request: HttpRequest) -> str:
    """Where the line was written, if that is a page of ours."""
    return ours(request.POST.get("back", ""), otherwise=reverse("actions:today"))
