"""Who works in the demo's company. A seat is a rep's place; who holds it may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from apps.accounts import operations
from apps.accounts.models import SYSTEM, Grade, Team, User
from apps.accounts.vocabulary import Role
from apps.base.month import Month
from apps.integrations.demo.customers import Customer

PASSWORD = "demo-baton-2026"  # noqa: S105 - printed by `make demo`: it opens invented data only
DEPARTMENT, FIRST, SECOND, INSIDE = "営業部", "営業一課", "営業二課", "インサイドセールス課"
IS, FS, MANAGER = Role.INSIDE_SALES, Role.FIELD_SALES, Role.MANAGER

JUNIOR, MEMBER, LEADER, CHIEF = (name for name, _ in operations.DEFAULT_GRADES)


@dataclass(frozen=True)
class Person:
    """Months are counted from the running one: joined=-5 came on the first day five months ago."""

    login: str
    name: str
    reading: str
    role: Role
    team: str = ""
    grade: str = ""
    joined: int | None = None
    left: int | None = None
    moved: tuple[int, str] | None = None
    promoted: tuple[int, str] | None = None

    @property
    def email(self) -> str:
        return f"{self.login}@demo.example"


@dataclass(eq=False)
class Seat:
    """A rep's place: `sales` and `follows`, `visits` are what a normal month there brings; `skill` its attainment."""

    people: tuple[Person, ...]
    sales: int
    follows: int
    visits: int
    skill: float = 0.95
    unit_price: int = 640_000
    held: list[tuple[date, User]] = field(default_factory=list)
    """Since when which user holds it, latest first."""
    number: int = 0
    patch: list[Customer] = field(default_factory=list)
    """The companies it looks after."""

    def holder(self, day: date) -> User:
        return next(user for since, user in self.held if since <= day)

    @property
    def is_inside(self) -> bool:
        return self.people[0].team == INSIDE

    @property
    def sells(self) -> bool:
        return self.sales > 0


def seats() -> list[Seat]:
    """The twelve places of the sales department, managers first in their team."""
    return [
        Seat((Person("ohashi", "大橋 隆一", "おおはし りゅういち", MANAGER, FIRST, CHIEF),), 900_000, 90, 12, 1.0),
        Seat(
            (Person("nakagawa", "中川 遥", "なかがわ はるか", FS, FIRST, MEMBER, promoted=(-4, LEADER)),),
            1_400_000, 160, 20, 1.02,
        ),
        Seat((Person("hayakawa", "早川 翔太", "はやかわ しょうた", FS, FIRST, MEMBER),), 1_050_000, 165, 19, 0.9),
        Seat((Person("shiraishi", "白石 結衣", "しらいし ゆい", FS, FIRST, JUNIOR),), 750_000, 175, 18, 0.82),
        Seat((Person("kuroda", "黒田 昌宏", "くろだ まさひろ", MANAGER, SECOND, CHIEF),), 900_000, 85, 12, 0.93),
        Seat((Person("fujimoto", "藤本 彩", "ふじもと あや", FS, SECOND, LEADER),), 1_350_000, 150, 20, 1.05),
        Seat(
            (Person("kataoka", "片岡 亮介", "かたおか りょうすけ", FS, FIRST, MEMBER, moved=(-7, SECOND)),),
            1_000_000, 165, 19, 0.88,
        ),
        Seat(
            (
                Person("yano", "矢野 大地", "やの だいち", FS, SECOND, JUNIOR, left=-5),
                Person("ogawa", "小川 真央", "おがわ まお", FS, SECOND, JUNIOR, joined=-5),
            ),
            700_000, 170, 17, 0.78,
        ),
        Seat((Person("hayase", "早瀬 美和", "はやせ みわ", MANAGER, INSIDE, CHIEF),), 0, 60, 2),
        Seat((Person("ueda", "上田 奈緒", "うえだ なお", IS, INSIDE, MEMBER),), 300_000, 235, 4, 1.0, 200_000),
        Seat((Person("kishimoto", "岸本 蓮", "きしもと れん", IS, INSIDE, JUNIOR),), 220_000, 215, 3, 0.85, 200_000),
        Seat((Person("hirata", "平田 さくら", "ひらた さくら", IS, INSIDE, MEMBER),), 260_000, 225, 3, 0.92, 200_000),
    ]  # fmt: skip


OTHERS = [
    Person("executive", "大久保 和彦", "おおくぼ かずひこ", Role.EXECUTIVE),
    Person("marketing", "森下 里香", "もりした りか", Role.MARKETING),
]
ADMIN = Person("admin", "青山 直子", "あおやま なおこ", Role.ADMIN)

LOGINS = ["ueda", "nakagawa", "ohashi", "marketing", "executive", "admin"]
"""One of each role, to try the demo with; the others get a password from the admin if need be."""


def logins() -> Iterator[tuple[str, str, str]]:
    """E-mail, password and role (with the team) of each login."""
    everybody = {
        person.login: person for person in [*(p for seat in seats() for p in seat.people), *OTHERS, ADMIN]
    }
    for login in LOGINS:
        person = everybody[login]
        yield person.email, PASSWORD, f"{person.role.label} {person.team}".strip()


def settle(*, now: datetime, running: Month) -> list[Seat]:
    """Make teams and people, and let them take their seats."""
    department = operations.add_team(name=DEPARTMENT, by=SYSTEM, at=now)
    teams = {
        name: operations.add_team(name=name, parent=department, by=SYSTEM, at=now)
        for name in (FIRST, SECOND, INSIDE)
    }
    grades = {grade.name: grade for grade in Grade.objects.all()}
    taken = seats()
    for number, seat in enumerate(taken):
        seat.number = number
        for person in seat.people:
            user = _employ(person, teams, grades, now=now, running=running)
            since = date.min if person.joined is None else (running + person.joined).first_day
            seat.held.insert(0, (since, user))
    for person in OTHERS:
        _add(person, now=now)
    _name_admin(now=now)
    return taken


def _employ(
    person: Person, teams: dict[str, Team], grades: dict[str, Grade], *, now: datetime, running: Month
) -> User:
    def first_day(months: int | None) -> date | None:
        return None if months is None else (running + months).first_day

    def move(team: Team | None, months: int | None) -> None:
        operations.move_to_team(user, team=team, from_on=first_day(months), by=SYSTEM, at=now)

    def grade(name: str, months: int | None) -> None:
        operations.give_grade(user, grade=grades[name], from_on=first_day(months), by=SYSTEM, at=now)

    user = _add(person, now=now)
    move(teams[person.team], person.joined)
    grade(person.grade, person.joined)
    if person.moved:
        move(teams[person.moved[1]], person.moved[0])
    if person.promoted:
        grade(person.promoted[1], person.promoted[0])
    if person.left is not None:
        move(None, person.left)
        user = operations.deactivate_user(user, by=SYSTEM, at=now)
    return user


def _add(person: Person, *, now: datetime) -> User:
    return operations.add_user(
        name=person.name, reading=person.reading, email=person.email, roles=[person.role],
        password=PASSWORD if person.login in LOGINS else None, by=SYSTEM, at=now,
    )  # fmt: skip


def _name_admin(*, now: datetime) -> None:
    """The tenant was made with its admin: who gets a name and the demo's password."""
    admin = User.objects.filter(email__iexact=ADMIN.email).first() or _add(ADMIN, now=now)
    operations.change_user(
        admin, name=ADMIN.name, reading=ADMIN.reading, email=admin.email, roles=admin.roles, by=SYSTEM, at=now
    )
    operations.set_password(admin, password=PASSWORD, by=SYSTEM, at=now)
