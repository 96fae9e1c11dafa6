"""What people say about a record and lay beside it. The record is a plain kind and id, as in the journal."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.base.history import audited
from apps.base.models import Record, RecordQuerySet, Row
from apps.conversations.vocabulary import FileKind, Sign


class Beside(Record):
    """Something that belongs to a record of any kind."""

    subject_kind = models.CharField(max_length=60, editable=False)
    subject_id = models.UUIDField(editable=False)

    class Meta(Record.Meta):
        abstract = True


class BesideQuerySet(RecordQuerySet):
    def about(self, record: models.Model) -> BesideQuerySet:
        return self.filter(subject_id=record.pk, subject_kind=record._meta.label_lower)


@audited()
class Comment(Beside):
    """コメント — what somebody says about a record. People named by @ stand in it as `rules.TOKEN`."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("コメント"))
    edited_at = models.DateTimeField(null=True, editable=False)
    asks = models.BooleanField(_("質問"), default=False)
    """Waits until whom the record belongs to says something later."""

    objects = BesideQuerySet.as_manager()

    class Meta(Beside.Meta):
        indexes = [
            models.Index(fields=["subject_id", "-created_at", "-id"], name="comments_of_subject"),
            models.Index(fields=["subject_id"], name="comments_that_ask", condition=models.Q(asks=True)),
        ]

    def __str__(self) -> str:
        return ""  # what was said stands nowhere but here

    @property
    def responsible_id(self) -> UUID:
        return self.author_id


class Mention(Row):
    """宛名 — somebody whom a comment names."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="mentioned_once")]


class ByOne(Row):
    """Something that one person, once, has to do with a record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=60, editable=False)
    subject_id = models.UUIDField(editable=False)
    at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "user", "subject_kind"], name="%(class)s_by_one_once"
            )
        ]


class Reaction(ByOne):
    """反応 — one word of a small set, said by a tap."""

    sign = models.CharField(_("反応"), max_length=10, choices=Sign)


class ReadMark(ByOne):
    """既読 — that somebody has read it."""


class Attachment(Beside):
    """ファイル — laid beside a record. Its name is what people call it; on disk it is called by its id."""

    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(_("ファイル名"), max_length=200)
    kind = models.CharField(_("種類"), max_length=10, choices=FileKind)
    size = models.PositiveBigIntegerField(_("大きさ"))
    digest = models.CharField(max_length=64)
    """SHA-256 of the content, in hexadecimal."""

    objects = BesideQuerySet.as_manager()

    class Meta(Beside.Meta):
        indexes = [models.Index(fields=["subject_id", "-created_at", "-id"], name="attachments_of_subject")]

    def __str__(self) -> str:
        return self.name

    @property
    def responsible_id(self) -> UUID:
        return self.added_by_id

    @property
    def place(self) -> str:
        """Where its content stands among the tenant's files."""
        return place_of(self.pk)


FOLDER = "attachments"


def place_of(pk: UUID) -> str:
    return f"{FOLDER}/{pk.hex[-2:]}/{pk.hex}"
