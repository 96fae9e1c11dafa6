"""Lists as people open them: with the views that they keep, and asked for by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts import queries
from apps.accounts.models import SavedView
from apps.accounts.permissions import may
from apps.accounts.vocabulary import Act
from apps.base.listing import Asked, Asker, Listing
from apps.base.listing.fields import Related

EVERYTHING = "all"
"""The value of `saved` with which a list opens as it is, whatever view it would open with."""


class Person(Related):
    """Who: 自分 and 自分のチーム are whoever asks, so that a shared view means everybody's own."""

    def __init__(self, name: str, label: Any, *, path: str = "") -> None:
        super().__init__(name, label, _people, path=path, optional=True, nothing=_("担当なし"))

    def any_of(self, values: Sequence[str], asker: Asker) -> Q:
        asked = Q(**{f"{self.path}__in": [value for value in values if value not in ("me", "team")]})
        if "me" in values:
            asked |= Q(**{self.path: asker.user.pk})
        if "team" in values:
            team = queries.members(queries.led_by(asker.user), on=asker.today)
            asked |= Q(**{f"{self.path}__in": team.values("pk")}) | Q(**{self.path: asker.user.pk})
        return asked


def _people(asker: Asker) -> list[tuple[str, Any]]:
    people = queries.everybody().values_list("pk", "name")
    return [("me", _("自分")), ("team", _("自分のチーム")), *((str(pk), name) for pk, name in people)]


@dataclass(frozen=True)
class Tab:
    """A view above the list."""

    view: SavedView
    url: str
    is_current: bool
    is_first: bool


class OpenedList(Listing):
    """A list with its person's and the shared views."""

    @cached_property
    def views(self) -> list[SavedView]:
        return list(queries.views_of(self.request.user, self.directory.name))

    @cached_property
    def leads_to(self) -> str | None:
        """Where the address leads before anything is shown: what the form asks for, or the view to open with."""
        if self.narrowed_to:
            return self.narrowed_to
        if self.request.GET:
            return None
        first = next((view for view in self.views if view.is_first), None)
        return first and self._address(first)

    def _address(self, view: SavedView) -> str:
        return f"{self.directory.address}?saved={view.pk}&{view.query}"

    @cached_property
    def tabs(self) -> list[Tab]:
        return [
            Tab(view, self._address(view), view == self.current, bool(view.is_first)) for view in self.views
        ]

    @cached_property
    def current(self) -> SavedView | None:
        """The view that the address says it was opened by."""
        named = self.asked.kept.get("saved")
        return next((view for view in self.views if str(view.pk) == named), None)

    @property
    def query(self) -> str:
        """What a view of this would keep."""
        return query_of(self.asked)

    @property
    def differs(self) -> bool:
        """Whether something else is asked than the view keeps."""
        return self.current is not None and self.current.query != self.query

    @property
    def everything(self) -> str:
        return f"{self.directory.address}?saved={EVERYTHING}" + "".join(
            f"&{name}={value}" for name, value in self.asked.kept.items() if name == "view"
        )

    @property
    def may_change(self) -> bool:
        return self.current is not None and may(self.request.user, Act.KEEP_VIEWS, self.current.owner_id)


def query_of(asked: Asked) -> str:
    """The conditions without the view that they came by."""
    kept = {name: value for name, value in asked.kept.items() if name != "saved"}
    return replace(asked, kept=kept).query
