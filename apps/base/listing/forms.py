"""The form of 絞り込み: every field of the list, all of which must hold, or any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from apps.base.listing.asked import Asked
from apps.base.listing.conditions import Condition, Group, written
from apps.base.listing.fields import Field

PREFIX = "f."
ALL, ANY = "all", "any"


@dataclass(frozen=True)
class Section:
    """One field of the list with its inputs."""

    field: Field
    inputs: list[BoundField]

    @property
    def chosen(self) -> int:
        """How many of its inputs, or of their choices, are filled in."""
        values = [bound.value() for bound in self.inputs]
        return sum(len(value) if isinstance(value, list) else bool(value) for value in values)

    @property
    def is_long(self) -> bool:
        return self.field.look == "choice" and len(self.inputs[0].field.choices) > 8

    @property
    def errors(self) -> list[str]:
        return [error for bound in self.inputs for error in bound.errors]


class FilterForm(forms.Form):
    """What can be written back as one condition a field stands in the form; other groups are kept beside it."""

    match = forms.ChoiceField(
        required=False,
        label=_("次の条件の"),
        choices=[(ALL, _("すべてにあてはまる")), (ANY, _("どれかにあてはまる"))],
        widget=forms.RadioSelect(attrs={"data-look": "seg"}),
    )

    def __init__(self, data: Any = None, *, asked: Asked) -> None:
        self.asked = asked
        held, self.kept_groups, match = (
            ([], list(asked.groups), ALL) if data is not None else _editable(asked.groups)
        )
        initial: dict[str, Any] = {"match": match}
        for condition in held:
            shown = asked.directory.fields[condition.field].shown(condition)
            initial |= {f"{PREFIX}{condition.field}{end}": value for end, value in shown.items()}
        super().__init__(data, initial=initial)
        self.ends: dict[str, list[str]] = {}
        for name, field in asked.directory.fields.items():
            inputs = field.inputs(asked.asker)
            self.ends[name] = [*inputs]
            self.fields |= {f"{PREFIX}{name}{end}": made for end, made in inputs.items()}

    @property
    def sections(self) -> Iterator[Section]:
        """Every field that has something to choose from."""
        for name, field in self.asked.directory.fields.items():
            inputs = [self[f"{PREFIX}{name}{end}"] for end in self.ends[name]]
            if field.look != "choice" or inputs[0].field.choices:
                yield Section(field, inputs)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the address carries besides the form's own conditions."""
        pairs = self.asked.pairs(leave=["where"])
        return [*pairs, *(("where", written(group)) for group in self.kept_groups)]

    @property
    def groups(self) -> list[Group]:
        """The kept groups and what was typed."""
        typed = [c for name, field in self.asked.directory.fields.items() if (c := self._typed(name, field))]
        if self.cleaned_data["match"] == ANY and typed:
            return [*self.kept_groups, tuple(typed)]
        return [*self.kept_groups, *((condition,) for condition in typed)]

    def _typed(self, name: str, field: Field) -> Condition | None:
        return field.typed({end: self.cleaned_data[f"{PREFIX}{name}{end}"] for end in self.ends[name]})


def _editable(groups: tuple[Group, ...]) -> tuple[list[Condition], list[Group], str]:
    """What the form can show of the groups, what it keeps beside, and whether all or any of it must hold."""
    if len(groups) == 1 and len(groups[0]) > 1 and len({c.field for c in groups[0]}) == len(groups[0]):
        return list(groups[0]), [], ANY
    held: dict[str, Condition] = {}
    kept = []
    for group in groups:
        if len(group) == 1 and group[0].field not in held:
            held[group[0].field] = group[0]
        else:
            kept.append(group)
    return list(held.values()), kept, ALL
