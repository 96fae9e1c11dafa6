"""People, teams and grades for other programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.accounts import operations, queries
from apps.accounts.models import Grade, GradeHeld, Team, User, in_force
from apps.accounts.permissions import check
from apps.accounts.vocabulary import Act, Role
from apps.base.api import (
    Changed,
    Listed,
    Made,
    RecordSerializer,
    Resource,
    Retrieved,
    SourcedSerializer,
    Trashed,
    changes_of,
)
from apps.base.fields import Choice, Day, Email, Flag, Ref, Text, of


class UserSerializer(SourcedSerializer):
    once = ("password", *SourcedSerializer.once)

    name = of(User, "name")
    reading = of(User, "reading")
    email = Email(max_length=254, required=False, allow_null=True, nothing=None)
    roles = serializers.ListField(child=Choice(choices=Role.choices), max_length=len(Role))
    team = Ref(queries.teams, required=False, allow_null=True, help_text=_("今日の所属"))
    language = Text(read_only=True)
    password = Text(write_only=True, required=False, max_length=128)
    active = Flag(source="is_active", read_only=True)
    grade = Ref(queries.grades, read_only=True, allow_null=True, help_text=_("今日の等級"))

    def validate_password(self, value: str) -> str:
        validate_password(value)
        return value

    def validate_roles(self, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))


class UserChangesSerializer(changes_of(UserSerializer)):  # type: ignore[misc]
    active = Flag(source="is_active", required=False, help_text=_("false: 利用を止める"))
    team_from = Day(write_only=True, required=False, help_text=_("teamがいつからか。なければ今日から"))
    grade = Ref(queries.grades, required=False, allow_null=True)
    grade_from = Day(write_only=True, required=False, help_text=_("gradeがいつからか。なければ今日から"))


class UserViewSet(Listed, Retrieved, Made, Changed, Resource):
    """利用者"""

    serializer_class = UserSerializer
    filters = {
        "q": Text(required=False, help_text=_("氏名・よみ")),
        "team": Ref(queries.teams, required=False, source="team_id"),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }

    def get_queryset(self) -> QuerySet[User]:
        held = GradeHeld.objects.filter(in_force(timezone.localdate()), user=OuterRef("pk"))
        return queries.people().annotate(grade_id=Subquery(held.values("grade")[:1]))

    def chosen(self, rows: QuerySet, *, q: str = "", team_id: Team | None = None, **asked: Any) -> QuerySet:
        rows = super().chosen(rows, **asked)
        if team_id:
            rows = rows.filter(team_id=team_id.pk)
        return rows.filter(name__icontains=q) | rows.filter(reading__icontains=q) if q else rows

    def make(self, **given: Any) -> User:
        return operations.add_user(**{"email": None} | given)

    @classmethod
    def changes(cls) -> type[RecordSerializer]:
        return UserChangesSerializer

    @transaction.atomic
    def change(self, user: User, *, version: int, by: User, at: datetime, **given: Any) -> User:
        """Each part by its own deed; who may and which version are asked once, before the first of them."""
        check(by, Act.MANAGE_USERS)
        deed = {"by": by, "at": at}
        today = timezone.localdate(at)
        user = user.locked(version=version)
        facts = {name: given[name] for name in _FACTS if name in given}
        if facts:
            user = operations.change_user(user, **_facts_of(user) | facts, **deed)
        if "is_active" in given and given["is_active"] != user.is_active:
            turn = operations.reactivate_user if given["is_active"] else operations.deactivate_user
            user = turn(user, **deed)
        if "team" in given:
            from_on: date = given.get("team_from", today)
            operations.move_to_team(user, team=given["team"], from_on=from_on, **deed)
        if "grade" in given:
            from_on = given.get("grade_from", today)
            operations.give_grade(user, grade=given["grade"], from_on=from_on, **deed)
        return user


_FACTS = ("name", "reading", "email", "roles")


def _facts_of(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in _FACTS}


class TeamSerializer(SourcedSerializer):
    name = of(Team, "name")
    parent = Ref(queries.teams, required=False, allow_null=True, help_text=_("上のチーム"))


class TeamViewSet(Listed, Retrieved, Made, Changed, Trashed, Resource):
    """チーム"""

    serializer_class = TeamSerializer
    filters = {
        "parent": Ref(queries.teams, required=False),
        "external_id": Text(required=False),
        "source": Text(required=False),
    }
    make = staticmethod(operations.add_team)
    trash = staticmethod(operations.remove_team)

    def get_queryset(self) -> QuerySet[Team]:
        return queries.teams()

    def change(self, team: Team, **given: Any) -> Team:
        return operations.change_team(team, **{"name": team.name, "parent": team.parent} | given)


class GradeSerializer(RecordSerializer):
    name = of(Grade, "name", read_only=True)
    years_hint = of(Grade, "years_hint", read_only=True)
    position = serializers.IntegerField(read_only=True)


class GradeViewSet(Listed, Retrieved, Resource):
    """等級"""

    serializer_class = GradeSerializer

    def get_queryset(self) -> QuerySet[Grade]:
        return queries.grades()
