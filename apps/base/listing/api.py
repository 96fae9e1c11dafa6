"""Lists for other programs: the same conditions and orders, but what cannot be read is refused."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from apps.base import text
from apps.base.listing import conditions
from apps.base.listing.asked import Asked, group_of
from apps.base.listing.conditions import Asker
from apps.base.listing.declared import Directory
from apps.base.listing.fields import Choice, Field
from apps.base.listing.ranges import Range


def parameters(directory: Directory) -> dict[str, serializers.Field]:
    """`where`, which may be given many times, and `sort`."""
    sorts = [(f"{sign}{name}", sort.label) for name, sort in directory.sorts.items() for sign in ("", "-")]
    return {
        "where": serializers.ListField(
            child=serializers.CharField(),
            required=False,
            max_length=conditions.MOST_GROUPS,
            help_text=lazy(_told, str)(directory),
        ),
        "sort": serializers.ChoiceField(
            choices=sorts, required=False, help_text=gettext_lazy("並べ替え。-を付けると逆の順")
        ),
    }


def asked_by(directory: Directory, asker: Asker, *, where: Sequence[str] = (), sort: str = "") -> Asked:
    """What the parameters ask; a ValidationError names the condition that cannot be read."""
    groups, faults = [], []
    for given in where:
        try:
            groups.append(group_of(directory, given, asker))
        except conditions.Unreadable:
            faults.append(_("読めない条件です: %(where)s") % {"where": text.without_controls(given)[:60]})
    if faults:
        raise serializers.ValidationError({"where": faults})
    return Asked(directory, asker, groups=tuple(groups), sort=sort)


def _told(directory: Directory) -> str:
    how = _(
        "条件。くり返すとすべてに、|でつなぐとどれかにあてはまるものになります。値の中の , | % は %2C %7C %25 と書きます。"
        "empty は未入力、filled は入力あり、me は自分です。"
    )
    return "\n\n".join(
        [how, *(f"- `{_written(field)}` {field.label}" for field in directory.fields.values())]
    )


def _written(field: Field) -> str:
    """employees:range:から..まで"""
    match field:
        case Range():
            return _("%(field)s:range:から..まで") % {"field": field.name}
        case Choice():
            return _("%(field)s:in:値,値") % {"field": field.name}
    return _("%(field)s:has:言葉") % {"field": field.name}
