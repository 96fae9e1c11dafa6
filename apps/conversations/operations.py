"""Every deed about comments and files beside a record."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.conversations import queries, rules, sniffing
from apps.conversations.models import FOLDER, Attachment, Comment, Mention, Reaction, ReadMark
from apps.conversations.vocabulary import FileKind, Sign
from apps.journal.operations import note, note_many

KEPT_IN_TRASH = timedelta(days=30)
LEFT_ALONE = timedelta(days=1)
"""A file without a row may be one that is being laid down just now."""


class Removed(Refused):
    pass


class OnesOwn(Refused):
    pass


class NotTaken(Refused):
    """The file is not taken, whoever brings it."""


# ── comments ───────────────────────────────────────────────────────────────────────────────────────


@only_who_may(Act.COMMENT)
@transaction.atomic
def write_comment(
    *,
    about: Model,
    text: str,
    by: User,
    at: datetime,
    meant: Collection[UUID] = (),
    asks: bool = False,
    **origin: Any,
) -> Comment:
    """コメントを書く — `meant`: which of namesakes an @name means; `asks`: it waits for an answer."""
    comment = Comment(
        subject_kind=about._meta.label_lower,
        subject_id=about.pk,
        author=by,
        text=_addressed(text, meant),
        asks=asks,
        **origin,
    ).saved(at=at)
    named = _mention(comment)
    note("comment.written", about, by=by, comment=comment.pk, mentioned=named)
    return comment


def _addressed(text: str, meant: Collection[UUID]) -> str:
    if "@" not in text and "＠" not in text:
        return text
    return rules.addressed(text, User.objects.active().values_list("pk", "name"), meant)


def _mention(comment: Comment) -> list[User]:
    """Keep whom the comment names now; returns those whom it did not name before."""
    named = {person.pk: person for person in User.objects.filter(pk__in=rules.named_in(comment.text))}
    before = set(comment.mentions.values_list("person", flat=True))
    comment.mentions.exclude(person__in=named).delete()
    new = [person for pk, person in named.items() if pk not in before]
    Mention.objects.bulk_create(Mention(comment=comment, person=person) for person in new)
    return new


@only_who_may(Act.COMMENT)
@transaction.atomic
def change_comment(
    comment: Comment,
    *,
    text: str,
    by: User,
    at: datetime,
    meant: Collection[UUID] = (),
    version: int | None = None,
) -> Comment:
    """コメントを直す — what it said before stays."""
    comment = _kept(comment, version=version)
    said = _addressed(text, [*meant, *rules.named_in(comment.text)])
    if said == comment.text:
        return comment
    comment.text, comment.edited_at = said, at
    comment.saved(at=at)
    named = _mention(comment)
    note("comment.changed", queries.subject_of(comment), by=by, comment=comment.pk, mentioned=named)
    return comment


def _kept(row: Any, *, version: int | None = None) -> Any:
    row = row.locked(version=version)
    if row.trashed_at:
        raise Removed(_("取り消してあります。先に元に戻してください。"))
    return row


@only_who_may(Act.COMMENT)
@transaction.atomic
def take_back_comment(comment: Comment, *, by: User | System, at: datetime) -> Comment:
    """コメントを取り消す"""
    return _move(comment, "comment.taken_back", trashed_at=at, by=by, at=at)


@only_who_may(Act.COMMENT)
@transaction.atomic
def restore_comment(comment: Comment, *, by: User | System, at: datetime) -> Comment:
    """コメントを元に戻す"""
    return _move(comment, "comment.restored", trashed_at=None, by=by, at=at)


def _move(row: Any, event: str, *, trashed_at: datetime | None, by: User | System, at: datetime) -> Any:
    row = row.locked()
    if bool(row.trashed_at) != bool(trashed_at):
        row.trashed_at = trashed_at
        row.saved(at=at)
        told = {"file": row.name} if isinstance(row, Attachment) else {"comment": row.pk}
        note(event, queries.subject_of(row), by=by, **told)
    return row


# ── reading ────────────────────────────────────────────────────────────────────────────────────────


@only_who_may(Act.REACT)
@transaction.atomic
def react(*, about: Model, sign: Sign, by: User, at: datetime, stays: bool = False) -> Reaction | None:
    """反応する — one word each, another one takes its place; the same word once more takes it back, unless it `stays`."""
    if getattr(about, "responsible_id", None) == by.pk:
        raise OnesOwn(_("自分の日報には反応できません。"))
    mine = {"user": by, "subject_kind": about._meta.label_lower, "subject_id": about.pk}
    earlier = Reaction.objects.select_for_update().filter(**mine).first()
    if earlier and earlier.sign == sign:
        if stays:
            return earlier
        _take_back(earlier, about, by=by)
        return None
    reaction, _new = Reaction.objects.update_or_create(**mine, defaults={"sign": sign, "at": at})
    note("daily.reacted" if earlier is None else "daily.reaction_changed", about, by=by, sign=sign)
    return reaction


@only_who_may(Act.REACT)
@transaction.atomic
def take_back_reaction(*, about: Model, by: User, at: datetime) -> None:
    """反応を取り消す — whichever it was."""
    mine = {"user": by, "subject_kind": about._meta.label_lower, "subject_id": about.pk}
    if earlier := Reaction.objects.select_for_update().filter(**mine).first():
        _take_back(earlier, about, by=by)


def _take_back(reaction: Reaction, about: Model, *, by: User) -> None:
    sign = reaction.sign
    reaction.delete()
    note("daily.reaction_taken_back", about, by=by, sign=sign)


@only_who_may(Act.REACT)
@transaction.atomic
def mark_read(*, about: Model, by: User, at: datetime) -> bool:
    """読んだことを伝える — whether it is the first time; one's own needs no mark."""
    if getattr(about, "responsible_id", None) == by.pk:
        return False
    mine = {"user": by, "subject_kind": about._meta.label_lower, "subject_id": about.pk}
    _mark, new = ReadMark.objects.get_or_create(**mine, defaults={"at": at})
    if new:
        note("daily.read", about, by=by)
    return new


# ── files ──────────────────────────────────────────────────────────────────────────────────────────


@only_who_may(Act.ATTACH_FILES)
@transaction.atomic
def attach_file(*, about: Model, file: File, name: str, by: User, at: datetime, **origin: Any) -> Attachment:
    """ファイルを付ける — the row and its file, or neither. Raises NotTaken."""
    name = rules.file_name(name)
    kind = _taken(file, name)
    attachment = Attachment(
        subject_kind=about._meta.label_lower,
        subject_id=about.pk,
        added_by=by,
        name=name,
        kind=kind,
        size=file.size,
        digest=_digest(file),
        **origin,
    ).saved(at=at)
    note("file.attached", about, by=by, file=name)
    try:
        default_storage.save(attachment.place, file)
    except BaseException:
        default_storage.delete(attachment.place)
        raise
    return attachment


def _taken(file: File, name: str) -> FileKind:
    if file.size > settings.LARGEST_ATTACHMENT:
        raise NotTaken(too_large(name), field="file")
    if not file.size or not name:
        raise NotTaken(_("「%(name)s」は空のファイルです。") % {"name": name}, field="file")
    if queries.bytes_kept() + file.size > settings.ATTACHMENTS_PER_TENANT:
        raise NotTaken(
            _("会社で使えるファイルの容量がいっぱいです。管理者にたずねてください。"), field="file"
        )
    kind = sniffing.kind_of(file)
    if kind is None or (kind == FileKind.TEXT and rules.ending_of(name) not in sniffing.ENDINGS[kind]):
        sentence = _(
            "「%(name)s」は付けられない種類のファイルです。"
            "PDF、画像、Office、テキスト・CSV、ZIPを付けられます。"
        )
        raise NotTaken(sentence % {"name": name}, field="file")
    if rules.ending_of(name) not in sniffing.ENDINGS[kind]:
        sentence = _(
            "「%(name)s」の中身は%(kind)sです。名前の最後を中身に合わせてから付けてください(例: .%(ending)s)。"
        )
        said = {"name": name, "kind": kind.label, "ending": sniffing.ENDINGS[kind][0]}
        raise NotTaken(sentence % said, field="file")
    return kind


def too_large(name: str) -> str:
    most = settings.LARGEST_ATTACHMENT // 2**20
    return _("「%(name)s」は大きすぎます。1つ%(most)dMBまで付けられます。") % {"name": name, "most": most}


def _digest(file: File) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


@only_who_may(Act.ATTACH_FILES)
@transaction.atomic
def remove_file(attachment: Attachment, *, by: User | System, at: datetime) -> Attachment:
    """ファイルを外す — it can be put back for 30 days."""
    return _move(attachment, "file.removed", trashed_at=at, by=by, at=at)


@only_who_may(Act.ATTACH_FILES)
@transaction.atomic
def restore_file(attachment: Attachment, *, by: User | System, at: datetime) -> Attachment:
    """外したファイルを戻す"""
    return _move(attachment, "file.restored", trashed_at=None, by=by, at=at)


@only_who_may(Act.ATTACH_FILES)
def clear_away(*, by: User | System, at: datetime) -> int:
    """Delete for good what was removed 30 days ago, and what a killed process left. Returns how many files."""
    with transaction.atomic():
        old = Attachment.objects.select_for_update().filter(trashed_at__lt=at - KEPT_IN_TRASH)
        gone = list(old)
        note_many("file.deleted", gone, by=by)
        Attachment.objects.filter(pk__in=[attachment.pk for attachment in gone]).delete()
    places = [attachment.place for attachment in gone] + _left_over(at)
    for place in places:
        default_storage.delete(place)
    return len(places)


def _left_over(at: datetime) -> list[str]:
    """Files that belong to no row. Those of a crash between row and file are found on the next run, too."""
    there: dict[str, str] = {}
    for folder in _listed(FOLDER)[0]:
        there |= {name: f"{FOLDER}/{folder}/{name}" for name in _listed(f"{FOLDER}/{folder}")[1]}
    known = {pk.hex for pk in Attachment.objects.values_list("pk", flat=True)}
    old = at - LEFT_ALONE
    return [
        place
        for name, place in there.items()
        if name not in known and default_storage.get_modified_time(place) < old
    ]


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
