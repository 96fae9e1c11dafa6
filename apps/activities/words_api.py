"""The kinds of expected issues, for other programs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.activities import operations, queries
from apps.activities.models import IssueKind
from apps.base.api import RecordSerializer, Resource, Words, changes_of
from apps.base.fields import Flag, of


class IssueKindSerializer(RecordSerializer):
    label = of(IssueKind, "label")
    words = of(IssueKind, "words", help_text=_("空白で区切る。この言葉のある課題に、この種類が提案される"))
    retired = Flag(read_only=True)


class IssueKindChangesSerializer(changes_of(IssueKindSerializer)):  # type: ignore[misc]
    retired = Flag(required=False, help_text=_("true: もう選べないようにする"))


class IssueKindViewSet(Words, Resource):
    """想定課題の種類"""

    serializer_class = IssueKindSerializer
    every = staticmethod(queries.every_issue_kind)
    make = staticmethod(operations.add_issue_kind)
    correct = staticmethod(operations.change_issue_kind)
    retire = staticmethod(operations.retire_issue_kind)
    bring_back = staticmethod(operations.bring_back_issue_kind)

    @classmethod
    def changes(cls) -> type[RecordSerializer]:
        return IssueKindChangesSerializer
