"""Users with their teams, and monthly goals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts import operations, queries
from apps.accounts.models import Team, User
from apps.accounts.vocabulary import Role
from apps.goals import operations as goals
from apps.goals.models import MonthlyGoal
from apps.goals.vocabulary import BENCHMARKED, TARGETS
from apps.goals.vocabulary import Row as TableRow
from apps.integrations.imports.fields import (
    AmountField,
    CountField,
    MonthField,
    ReadingField,
    WordsField,
    reference,
    text,
)
from apps.integrations.imports.finding import Unknown
from apps.integrations.imports.kinds import Fate, Kind, Row, differing, each


class Users(Kind):
    """People come with the role of a field sales rep unless the file says another. No role is ever taken away."""

    label = pgettext_lazy("one", "利用者")
    model = User
    aliases = {
        "Name": "name",
        "Full Name": "name",
        "担当者": "name",
        "E-mail": "email",
        "メール": "email",
        "部署": "team",
        "所属": "team",
        "Owner ID": "external_id",
    }

    def asked(self) -> dict[str, forms.Field]:
        return {
            "external_id": reference(gettext_lazy("番号")),
            "name": text(User, "name", required=True),
            "reading": ReadingField(label=gettext_lazy("よみ"), max_length=200, required=False),
            "email": forms.EmailField(label=gettext_lazy("メールアドレス"), max_length=254, required=False),
            "roles": WordsField(Role, label=gettext_lazy("役割")),
            "team": text(Team, "name"),
            "parent_team": reference(gettext_lazy("上のチーム")),
        }

    def present(self, rows: Sequence[Row]) -> dict[str, User]:
        """Also whoever from elsewhere has the address already."""
        present = super().present(rows)
        addresses = {row.facts["email"].casefold(): row.key for row in rows if "email" in row.facts}
        for user in User.objects.exclude(source=self.source).filter(email__in=addresses):
            present.setdefault(addresses[user.email.casefold()], user)
        return present

    def compare(self, record: User, row: Row) -> None:
        team = self._team(row)
        roles = [*record.roles, *(role for role in row.facts.get("roles", ()) if role not in record.roles)]
        facts = differing(record, self._plain(row) | {"roles": roles})
        if facts:
            kept = {"name": record.name, "email": record.email, "reading": record.reading, "roles": roles}
            operations.change_user(record, by=self.by, at=self.at, **kept | facts)
        moved = team is not None and self._move(record, team)
        row.fate = Fate.CHANGED if facts or moved else Fate.SAME

    def told_apart_by(self, row: Row) -> Sequence[str]:
        return ("email",) if "email" in row.facts else ("name",)

    def _plain(self, row: Row) -> dict[str, Any]:
        facts = {name: row.facts[name] for name in ("name", "reading", "email") if name in row.facts}
        return facts | ({"email": facts["email"].lower()} if "email" in facts else {})

    def _move(self, user: User, team: Team) -> bool:
        """Into the team from today, or from ever if the person was in none. Whether that is news."""
        today = timezone.localdate(self.at)
        if team.pk in queries.teams_of(user, on=today):
            return False
        from_on = today if user.memberships.exists() else None
        operations.move_to_team(user, team=team, from_on=from_on, by=self.by, at=self.at)
        return True

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            operations.add_user(
                name=row.facts["name"],
                reading=row.facts.get("reading", ""),
                email=row.facts.get("email"),
                roles=row.facts.get("roles", [Role.FIELD_SALES]),
                team=self._team(row),
                source=self.source,
                external_id=row.key,
                by=self.by,
                at=self.at,
            )

    def _team(self, row: Row) -> Team | None:
        if "team" not in row.facts:
            return None
        above = self._named(row.facts["parent_team"], None, row) if "parent_team" in row.facts else None
        return self._named(row.facts["team"], above, row)

    def _named(self, name: str, parent: Team | None, row: Row) -> Team:
        """The team of that name below the parent; one that is known elsewhere if no parent is given; else a new one."""
        found = list(Team.objects.filter(name=name, **({"parent": parent} if parent else {}))[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise Unknown(
                _("「%(name)s」というチームが2つ以上あります。上のチームも入れてください。") % {"name": name},
                field="team",
            )
        row.remarks.append(("team", name))
        return operations.add_team(name=name, parent=parent, source=self.source, by=self.by, at=self.at)


class Goals(Kind):
    """One row per person and month, which is what it is known by."""

    label = gettext_lazy("月の目標")
    model = MonthlyGoal
    aliases = {
        "担当者": "rep",
        "担当者名": "rep",
        "Owner": "rep",
        "年月": "month",
        "目標": "sales",
        "売上": "sales",
    }

    def asked(self) -> dict[str, forms.Field]:
        targets = {
            name: (AmountField if name == "sales" else CountField)(
                label=cast(models.Field, MonthlyGoal._meta.get_field(name)).verbose_name, required=False
            )
            for name in TARGETS
        }
        benchmarks = {
            f"benchmark_{row}": AmountField(
                label=format_lazy("{} {}", gettext_lazy("ベンチマーク"), TableRow(row).label), required=False
            )
            for row in BENCHMARKED
        }
        return {
            "rep": reference(gettext_lazy("担当"), required=True),
            "month": MonthField(label=gettext_lazy("月"), required=True, formats=self.mapping.date_formats),
            **targets,
            **benchmarks,
        }

    def identify(self, row: Row) -> tuple[str, bool]:
        return f"{row.facts['rep']} {row.facts['month']}", True

    def resolve(self, rows: Sequence[Row]) -> None:
        def put(row: Row) -> None:
            name = row.facts["rep"]
            row.facts["rep"] = self.find.person(name)
            if row.facts["rep"] is None:
                raise Unknown(
                    _("担当「%(name)s」が利用者の中に見つかりません。") % {"name": name}, field="rep"
                )

        each(rows, put)

    def present(self, rows: Sequence[Row]) -> dict[str, MonthlyGoal]:
        months: set[Any] = {row.facts["month"] for row in rows}
        known = MonthlyGoal.objects.filter(month__in=months, rep__in=[row.facts["rep"] for row in rows])
        goals_known = {(goal.rep_id, goal.month): goal for goal in known}
        return {
            row.key: goal
            for row in rows
            if (goal := goals_known.get((row.facts["rep"].pk, row.facts["month"])))
        }

    def compare(self, record: MonthlyGoal, row: Row) -> None:
        targets, benchmarks = self._told(row)
        new = any(getattr(record, name) != value for name, value in targets.items()) or any(
            record.benchmarks.get(name) != value for name, value in benchmarks.items()
        )
        if new:
            self._set(row)
        row.fate = Fate.CHANGED if new else Fate.SAME

    def _told(self, row: Row) -> tuple[dict[str, int], dict[str, int]]:
        targets = {name: row.facts[name] for name in TARGETS if name in row.facts}
        benchmarks = {
            str(name): row.facts[f"benchmark_{name}"]
            for name in BENCHMARKED
            if f"benchmark_{name}" in row.facts
        }
        return targets, benchmarks

    def _set(self, row: Row) -> None:
        targets, benchmarks = self._told(row)
        goals.set_monthly_goal(
            row.facts["rep"],
            month=row.facts["month"],
            targets=targets,
            benchmarks=benchmarks,
            by=self.by,
            at=self.at,
        )

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._set(row)
