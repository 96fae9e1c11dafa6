"""What a list can be narrowed by: each kind of field reads, asks, says and offers its conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.base.forms import TidyCharField
from apps.base.listing.conditions import LONGEST, Asker, Condition

Choices = Sequence[tuple[str, Any]]
EMPTY, FILLED = "empty", "filled"
EVERYTHING = ~Q(pk__in=[])
"""Holds for every row; an empty Q would vanish among alternatives."""
NOT_GIVEN, GIVEN = gettext_lazy("未入力"), gettext_lazy("入力あり")


class Field:
    """One thing that a list can be narrowed by. Its conditions never multiply rows: what is elsewhere is Exists."""

    look = ""

    def __init__(self, name: str, label: Any, path: str = "", *, optional: bool = False) -> None:
        self.name, self.label, self.path, self.optional = name, label, path or name, optional

    def inputs(self, asker: Asker) -> dict[str, forms.Field]:
        """The form's inputs by what is added to the field's name."""
        raise NotImplementedError

    def typed(self, given: Mapping[str, Any]) -> Condition | None:
        """The condition that the inputs ask for, if any."""
        raise NotImplementedError

    def shown(self, condition: Condition) -> dict[str, Any]:
        """What the inputs show of a condition."""
        raise NotImplementedError

    def checked(self, condition: Condition, asker: Asker) -> None:
        """Raise ValidationError where the condition has a value that the field cannot have."""
        raise NotImplementedError

    def q(self, condition: Condition, asker: Asker) -> Q:
        raise NotImplementedError

    def words(self, condition: Condition, asker: Asker) -> str:
        """The condition's value as a sentence's end."""
        raise NotImplementedError

    def _empty(self) -> Q:
        return Q(**{self.path: ""})

    def _whether_empty(self, value: str) -> Q:
        return self._empty() if value == EMPTY else ~self._empty()


def refuse() -> None:
    raise ValidationError(_("選べない値です。"))


def one_of(condition: Condition, known: Iterable[str]) -> None:
    """Refuse a condition that has another value than these."""
    known = set(known)
    if not all(value in known for value in condition.values):
        refuse()


class Words(Field):
    """Text that holds what was typed; `finds` may look elsewhere than in the column."""

    look = "words"

    def __init__(self, *given: Any, finds: Callable[[str], Q] | None = None, **options: Any) -> None:
        super().__init__(*given, **options)
        self.finds = finds or (lambda words: Q(**{f"{self.path}__icontains": words}))

    def inputs(self, asker: Asker) -> dict[str, forms.Field]:
        text: dict[str, forms.Field] = {
            "": TidyCharField(required=False, label=self.label, max_length=LONGEST)
        }
        if self.optional:
            text[".is"] = state_of(self.label, _emptiness())
        return text

    def typed(self, given: Mapping[str, Any]) -> Condition | None:
        if given[""]:
            return Condition(self.name, "has", (given[""],))
        return Condition(self.name, "in", (given[".is"],)) if given.get(".is") else None

    def shown(self, condition: Condition) -> dict[str, Any]:
        return {"" if condition.op == "has" else ".is": condition.values[0]}

    def checked(self, condition: Condition, asker: Asker) -> None:
        if len(condition.values) != 1 or condition.op not in ("has", "in"):
            refuse()
        if condition.op == "in":
            one_of(condition, _emptiness() if self.optional else ())

    def q(self, condition: Condition, asker: Asker) -> Q:
        value = condition.values[0]
        return self.finds(value) if condition.op == "has" else self._whether_empty(value)

    def words(self, condition: Condition, asker: Asker) -> str:
        value = condition.values[0]
        return _("「%(words)s」を含む") % {"words": value} if condition.op == "has" else _emptiness()[value]


def _emptiness() -> dict[str, str]:
    return {EMPTY: str(NOT_GIVEN), FILLED: str(GIVEN)}


def state_of(label: Any, states: Mapping[str, str]) -> forms.ChoiceField:
    """The choice beside an input that stands for what cannot be typed: 未入力, 今月."""
    return forms.ChoiceField(
        required=False,
        label=_("%(field)sの状態") % {"field": label},
        choices=[("", _("指定なし")), *states.items()],
    )


class Choice(Field):
    """Any of some values. `choices` may depend on who asks; `asks` is told the values where a column alone does not say it."""

    look = "choice"

    def __init__(
        self,
        name: str,
        label: Any,
        choices: Choices | Callable[[Asker], Choices],
        *,
        path: str = "",
        optional: bool = False,
        asks: Callable[[Sequence[str], Asker], Q] | None = None,
        nothing: Any = NOT_GIVEN,
        **given: Any,
    ) -> None:
        super().__init__(name, label, path, optional=optional, **given)
        self._choices, self._asks, self._nothing = choices, asks, nothing

    def choices(self, asker: Asker) -> list[tuple[str, Any]]:
        if callable(self._choices):
            given = asker.known.get(self) or asker.known.setdefault(self, self._choices(asker))
        else:
            given = self._choices
        return [*given, *([(EMPTY, self._nothing)] if self.optional else [])]

    def inputs(self, asker: Asker) -> dict[str, forms.Field]:
        widget = forms.CheckboxSelectMultiple(attrs={"data-look": "list"})
        return {
            "": forms.MultipleChoiceField(
                required=False, label=self.label, choices=self.choices(asker), widget=widget
            )
        }

    def typed(self, given: Mapping[str, Any]) -> Condition | None:
        return Condition(self.name, "in", tuple(given[""])) if given[""] else None

    def shown(self, condition: Condition) -> dict[str, Any]:
        return {"": list(condition.values)}

    def checked(self, condition: Condition, asker: Asker) -> None:
        if condition.op != "in":
            refuse()
        one_of(condition, (value for value, _label in self.choices(asker)))

    def q(self, condition: Condition, asker: Asker) -> Q:
        values = [value for value in condition.values if value != EMPTY or not self.optional]
        found = self._empty() if len(values) < len(condition.values) else Q(pk__in=[])
        return found | self.any_of(values, asker) if values else found

    def any_of(self, values: Sequence[str], asker: Asker) -> Q:
        return self._asks(values, asker) if self._asks else Q(**{f"{self.path}__in": values})

    def words(self, condition: Condition, asker: Asker) -> str:
        known = dict(self.choices(asker))
        return str(_("・")).join(str(known[value]) for value in condition.values)


class Related(Choice):
    """Any of some other records, or none."""

    def _empty(self) -> Q:
        return Q(**{f"{self.path}__isnull": True})


def named(records: Callable[[], QuerySet]) -> Callable[[Asker], Choices]:
    """The choices that records make, in their order."""
    return lambda _asker: [(str(record.pk), str(record)) for record in records()]


class YesNo(Choice):
    """Whether something is so; `yes` where no column says it."""

    def __init__(
        self, name: str, label: Any, words: tuple[Any, Any], *, yes: Callable[[], Any] | None = None
    ) -> None:
        super().__init__(name, label, [("yes", words[0]), ("no", words[1])])
        self._yes = yes or (lambda: Q(**{name: True}))

    def any_of(self, values: Sequence[str], asker: Asker) -> Q:
        if len(set(values)) > 1:
            return EVERYTHING
        yes = Q(self._yes())
        return yes if values[0] == "yes" else ~yes


class MonthsOfYear(Choice):
    """Any of these months stands in an array of months."""

    def __init__(self, name: str, label: Any) -> None:
        super().__init__(
            name, label, lambda _asker: [(str(n), MONTHS[n]) for n in range(1, 13)], optional=True
        )

    def any_of(self, values: Sequence[str], asker: Asker) -> Q:
        return Q(**{f"{self.path}__overlap": [int(value) for value in values]})

    def _empty(self) -> Q:
        return Q(**{self.path: []})
