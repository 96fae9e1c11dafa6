"""What was said and laid beside a company or a person stands beside the one that takes its place."""

from __future__ import annotations

from dataclasses import dataclass

from apps.conversations.models import Attachment, Beside, Comment
from apps.customers.merging import FOLLOWERS, Party
from apps.customers.models import Company, Contact, Merge


@dataclass(frozen=True)
class Subject:
    model: type[Beside]
    columns: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.model._meta.label_lower}.subject"

    def follow(self, merge: Merge, *, of: Party, to: Party) -> list[str]:
        beside = self.model._base_manager.filter(subject_kind=of._meta.label_lower, subject_id=of.pk)
        ids = [str(pk) for pk in beside.values_list("pk", flat=True)]
        beside.update(subject_id=to.pk)
        return ids

    def go_back(self, merge: Merge, kept: list[str] | None, *, of: Party, to: Party) -> int:
        still = self.model._base_manager.filter(pk__in=kept or [], subject_id=of.pk)
        return len(kept or []) - still.update(subject_id=to.pk)


for _model in (Comment, Attachment):
    FOLLOWERS[Company].append(Subject(_model))
    FOLLOWERS[Contact].append(Subject(_model))
