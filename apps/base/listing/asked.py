"""What an address asks of a list. Whatever is wrong in it is left out and said, never an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.base import text
from apps.base.listing import conditions
from apps.base.listing.conditions import Asker, Condition, Group
from apps.base.listing.declared import Directory, Sort

LONGEST_WORDS = 200


@dataclass(frozen=True)
class Asked:
    """A list's conditions, words and order, as one person asks for them."""

    directory: Directory
    asker: Asker
    words: str = ""
    groups: tuple[Group, ...] = ()
    sort: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[str] = ()

    @cached_property
    def implied(self) -> list[Condition]:
        named = {condition.field for group in self.groups for condition in group}
        return [
            Condition(name, "in", (value,))
            for name, value in self.directory.implied.items()
            if name not in named
        ]

    def q(self, condition: Condition) -> Q:
        return self.directory.fields[condition.field].q(condition, self.asker)

    def said(self, condition: Condition) -> str:
        """業種: 製造業"""
        asked = self.directory.fields[condition.field]
        return _("%(field)s: %(value)s") % {
            "field": asked.label,
            "value": asked.words(condition, self.asker),
        }

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The sort and whether it goes down."""
        name = self.sort or self.directory.usual_sort(self)
        return name.removeprefix("-"), name.startswith("-")

    @property
    def order(self) -> tuple[str, str]:
        """The columns of the keyset, which `ordered` provides."""
        name, down = self.sorted_by
        sort = self.directory.sorts[name]
        column = sort.by if isinstance(sort.by, str) else f"sorted_by_{name}"
        return (f"-{column}", "-id") if down else (column, "id")

    def narrowed(self, rows: QuerySet, *, implied: bool = True) -> QuerySet:
        """The rows for which every group holds."""
        groups = [*self.groups, *((condition,) for condition in self.implied if implied)]
        for group in groups:
            holds = Q()
            for condition in group:
                holds |= self.q(condition)
            rows = rows.filter(holds)
        return rows

    def ordered(self, rows: QuerySet) -> QuerySet:
        """With the column that this is sorted by, for `keyset_slice`."""
        sort: Sort = self.directory.sorts[self.sorted_by[0]]
        if isinstance(sort.by, str):
            return rows
        by = sort.by(self) if callable(sort.by) else sort.by
        return rows.annotate(**{self.order[0].lstrip("-"): by})

    @cached_property
    def rows(self) -> QuerySet:
        return self.narrowed(self.directory.rows(self))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.groups)

    def pairs(self, *, leave: Iterable[str] = ()) -> list[tuple[str, str]]:
        """The address's parameters, in one order whatever it came in."""
        pairs = [*self.kept.items(), ("q", self.words)]
        pairs += [("where", conditions.written(group)) for group in self.groups]
        pairs.append(("sort", self.sort))
        return [(name, value) for name, value in pairs if value and name not in set(leave)]

    @property
    def query(self) -> str:
        return urlencode(self.pairs())

    def address(self, **changes: Any) -> str:
        """The list's address with something else asked."""
        return f"{self.directory.address}?{replace(self, **changes).query}"

    def with_groups(self, groups: Iterable[Group]) -> Asked:
        """The same with other conditions, and what these bring with them."""
        groups = tuple(groups)
        brought = [
            self.directory.scoped_by.get(condition.field, {}) for group in groups for condition in group
        ]
        kept = dict(self.kept)
        for more in brought:
            kept |= more
        return replace(self, groups=groups, kept=kept)


def asked_of(directory: Directory, given: QueryDict, asker: Asker) -> Asked:
    """What the parameters ask of the list."""
    faults: list[str] = []
    groups = _groups(directory, given, asker, faults)
    sort = given.get("sort", "")
    if sort.removeprefix("-") not in directory.sorts:
        if sort:
            faults.append(_("並べ替えの条件を読めなかったため、いつもの順にしました。"))
        sort = ""
    kept = {name: text.without_controls(given[name]) for name in directory.keeps if name in given}
    words = text.without_controls(given.get("q", ""))[:LONGEST_WORDS]
    return Asked(directory, asker, words, groups, sort, kept, tuple(faults))


def _groups(directory: Directory, given: QueryDict, asker: Asker, faults: list[str]) -> tuple[Group, ...]:
    wheres = [where for where in given.getlist("where") if where]
    wheres += [f"{name}:in:{given[name]}" for name in directory.short if given.get(name)]
    if len(wheres) > conditions.MOST_GROUPS:
        faults.append(
            _("条件が多すぎるため、初めの%(most)s個だけで絞り込みました。") % {"most": conditions.MOST_GROUPS}
        )
    groups = []
    for where in wheres[: conditions.MOST_GROUPS]:
        try:
            groups.append(group_of(directory, where, asker))
        except conditions.Unreadable:
            shown = text.without_controls(where)[:60]
            faults.append(_("読めない条件「%(where)s」を外して表示しています。") % {"where": shown})
    return tuple(groups)


def group_of(directory: Directory, where: str, asker: Asker) -> Group:
    """The alternatives of one `where`, each of which the list can be asked for; else Unreadable."""
    try:
        group = conditions.read(where)
        for condition in group:
            directory.fields[condition.field].checked(condition, asker)
    except (KeyError, ValidationError, ValueError) as error:
        raise conditions.Unreadable(where) from error
    return group
