"""What people are told of comments; and the records of every kind, by which all that is told leads on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.conversations import queries, rules, subjects
from apps.conversations.vocabulary import Sign
from apps.inbox.kinds import CODES, RECORDS, Found, Kind, declare
from apps.inbox.models import Notification

LONGEST = 200
"""Signs of a comment that are quoted."""


def _said(told: Sequence[Notification]) -> dict[UUID, str]:
    """The comments as they stand now; of one taken back nothing."""
    wanted = {one.pk: UUID(one.facts["comment"]) for one in told}
    texts = dict(queries.comments().filter(pk__in=set(wanted.values())).values_list("pk", "text"))
    names = queries.names_in(texts.values())
    spoken = {pk: rules.spoken(text, names) for pk, text in texts.items()}
    return {one: _short(spoken[pk]) for one, pk in wanted.items() if pk in spoken}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _asked(by: str, facts: Mapping[str, Any]) -> str:
    """Of a question one hears that it is one."""
    return _("%(by)sさんが、日報で質問しました") % {"by": by} if facts.get("asks") else ""


def _signs(told: Sequence[Notification]) -> dict[UUID, str]:
    """What a report is answered with now."""
    found = queries.reactions(one.subject_id for one in told)
    words = {
        pk: "・".join(dict.fromkeys(str(Sign(r.sign).label) for r in rows)) for pk, rows in found.items()
    }
    return {one.pk: words[one.subject_id] for one in told if one.subject_id in words}


def _reacted(told: Sequence[Notification]) -> dict[UUID, list[UUID]]:
    found = queries.reactions(one.subject_id for one in told)
    return {one.pk: [row.user_id for row in found.get(one.subject_id, ())] for one in told}


def _words_of_reaction(by: str, facts: Mapping[str, Any]) -> str:
    if not (others := facts["others"]):
        return _("%(by)sさんが、あなたの日報に反応しました") % {"by": by}
    words = ngettext(
        "%(by)sさんほか%(n)s名が、あなたの日報に反応しました",
        "%(by)sさんほか%(n)s名が、あなたの日報に反応しました",
        others,
    )
    return words % {"by": by, "n": others}


MENTION, ON_MINE, ANSWER, REACTED = "comment.mention", "comment.on_mine", "comment.answer", "daily.reacted"

declare(
    Kind(
        MENTION,
        gettext_lazy("コメントで名前を呼ばれたとき"),
        lambda by, facts: _asked(by, facts) or _("%(by)sさんが、コメントであなたを呼びました") % {"by": by},
        "chat",
        anchor="#beside",
        quotes=_said,
    ),
    Kind(
        ON_MINE,
        gettext_lazy("自分の記録にコメントがあったとき"),
        lambda by, facts: _asked(by, facts) or _("%(by)sさんが、あなたの記録にコメントしました") % {"by": by},
        "chat",
        anchor="#beside",
        quotes=_said,
    ),
    Kind(
        ANSWER,
        gettext_lazy("自分がコメントした記録に、続きのコメントがあったとき"),
        lambda by, facts: _("%(by)sさんが、続きのコメントを書きました") % {"by": by},
        "chat",
        anchor="#beside",
        quotes=_said,
    ),
    Kind(
        REACTED,
        gettext_lazy("自分の日報に反応があったとき"),
        _words_of_reaction,
        "report",
        quotes=_signs,
        who=_reacted,
        by_mail=False,
    ),
)


def _found(kind: subjects.Kind) -> Callable[[Collection[UUID]], Found]:
    def found(ids: Collection[UUID]) -> Found:
        return {row.pk: (str(row), subjects.address(row)) for row in kind.seen().filter(pk__in=ids)}

    return found


RECORDS.update((kind.stored, _found(kind)) for kind in subjects.KINDS.values())
CODES.update((kind.stored, kind.code) for kind in subjects.KINDS.values())
