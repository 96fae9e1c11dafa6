"""What the people are called whom notifications speak of."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from apps.accounts.models import User
from apps.inbox.kinds import NAMES


def names(people: Collection[UUID]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=people).values_list("pk", "name"))


NAMES.append(names)
