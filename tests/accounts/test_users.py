from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations, queries
from apps.accounts.models import SYSTEM, Grade, Membership, User
from apps.accounts.vocabulary import Role
from tests import factories

USERS = "/settings/users/"


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


def names(response):
    return [person.name for person in response.context["people"].rows]


def opened(browser, url):
    """What the opened form already holds."""
    form = browser.get(url).context["form"]
    return {field.html_name: field.value() for field in form if field.value() is not None}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(logged_in, admin, team, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_user(Role.FIELD_SALES, team=team)
    browser = logged_in(admin)

    with django_assert_num_queries(6):  # the tenant 3, session, user, people
        browser.get(USERS)


def test_people_are_found_by_name_and_by_reading(logged_in, admin):
    for name, reading in [("高橋 美咲", "たかはし みさき"), ("安藤 高", "あんどう たかし")]:
        operations.add_user(name=name, reading=reading, email=None, roles=[], **deed())
    browser = logged_in(admin)

    assert names(browser.get(USERS, {"q": "高橋"})) == ["高橋 美咲"]
    assert names(browser.get(USERS, {"q": "たか"})) == ["安藤 高", "高橋 美咲"]


def test_who_was_stopped_is_listed_apart(logged_in, admin, rep):
    operations.deactivate_user(rep, **deed())
    browser = logged_in(admin)

    found = [sorted(names(browser.get(USERS, {"state": state}))) for state in ("", "stopped", "all")]

    assert found == [[admin.name], [rep.name], sorted([rep.name, admin.name])]


@pytest.mark.parametrize("query", [{"q": "\x00"}, {"q": "%"}, {"state": "nonsense"}])
def test_nonsense_in_the_address_is_no_fault(logged_in, admin, query):
    assert logged_in(admin).get(USERS, query).status_code == 200


def test_a_cursor_that_nobody_gave_leads_nowhere(logged_in, admin):
    assert logged_in(admin).get(USERS, {"after": "x"}).status_code == 404


def test_the_pages_follow_each_other_without_a_gap(logged_in, admin):
    for number in range(60):
        operations.add_user(name=f"人{number}", reading=f"よみ{number % 7}", email=None, roles=[], **deed())
    browser = logged_in(admin)

    first = browser.get(USERS)
    second = browser.get(USERS + first.context["people"].next)

    seen = [person.pk for page in (first, second) for person in page.context["people"].rows]
    assert seen == [person.pk for person in queries.people()]
    assert second.context["people"].next is None


def test_a_new_person_is_added_without_a_password(logged_in, admin, team):
    browser = logged_in(admin)
    given = opened(browser, f"{USERS}add/") | {
        "name": "高橋 美咲", "email": "Takahashi@test.example", "roles": ["field_sales"], "team": str(team.pk),
    }  # fmt: skip

    browser.post(f"{USERS}add/", given)

    person = User.objects.get(email="takahashi@test.example")
    assert (person.name, person.roles, person.has_usable_password()) == ("高橋 美咲", ["field_sales"], False)
    assert queries.teams_of(person, on=timezone.localdate()) == [team.pk]


def test_the_same_form_sent_twice_adds_one_person(logged_in, admin):
    browser = logged_in(admin)
    given = opened(browser, f"{USERS}add/") | {"name": "高橋 美咲", "email": "takahashi@test.example"}

    for _ in range(2):
        browser.post(f"{USERS}add/", given)

    assert User.objects.filter(name="高橋 美咲").count() == 1


def test_an_address_that_someone_has_is_refused_at_its_field(logged_in, admin, rep):
    browser = logged_in(admin)
    given = opened(browser, f"{USERS}add/") | {"name": "二人目", "email": rep.email.upper()}

    response = browser.post(f"{USERS}add/", given)

    assert response.context["form"].errors == {"email": ["このメールアドレスはすでに使われています。"]}


@pytest.mark.parametrize("password", ["short", "password123", "takahashi@test.example"])
def test_a_weak_password_is_refused_in_words(logged_in, admin, password):
    person = factories.make_user(email="takahashi@test.example")

    response = logged_in(admin).post(f"{USERS}{person.pk}/password/", {"password": password})

    person.refresh_from_db()
    assert list(response.context["form"].errors) == ["password"]
    assert person.check_password(factories.PASSWORD)


def test_a_password_that_baton_makes_is_shown_once_and_works(logged_in, client, admin, rep):
    response = logged_in(admin).post(f"{USERS}{rep.pk}/password/", {"password": ""})

    assert "no-store" in response["Cache-Control"]
    entered = client.post("/login/", {"username": rep.email, "password": response.context["password"]})
    assert entered.status_code == 302


def test_what_someone_else_changed_meanwhile_is_shown_and_sent_again_it_holds(logged_in, admin, rep):
    browser = logged_in(admin)
    url = f"{USERS}{rep.pk}/change/"
    mine = opened(browser, url) | {"name": "私の版"}
    operations.change_user(rep, name="ほかの版", email=rep.email, roles=[Role.MANAGER], **deed())

    refused = browser.post(url, mine)
    form = refused.context["form"]
    browser.post(url, mine | {"version": form["version"].value()})

    assert form.errors["name"] == ["今は「ほかの版」です。"]
    assert form.errors["roles"] == ["今は「マネージャー」です。"]
    rep.refresh_from_db()
    assert (rep.name, rep.roles) == ("私の版", ["field_sales"])


def test_stopping_and_bringing_back_on_the_page(logged_in, admin, rep):
    browser = logged_in(admin)

    browser.post(reverse("accounts:deactivate-user", args=[rep.pk]))
    stopped = User.objects.get(pk=rep.pk).is_active
    browser.post(reverse("accounts:reactivate-user", args=[rep.pk]))

    assert (stopped, User.objects.get(pk=rep.pk).is_active) == (False, True)


def test_stopping_the_last_admin_is_told_on_the_next_page(logged_in, admin):
    response = logged_in(admin).post(reverse("accounts:deactivate-user", args=[admin.pk]), follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "管理者が1人もいなくなります。先にほかの人を管理者にしてください。"
    ]


@pytest.mark.parametrize(
    "path", ["", "add/", "{rep}/", "{rep}/change/", "{rep}/password/", "{rep}/team/", "{rep}/grade/"]
)
def test_only_admins_see_these_pages(logged_in, rep, manager, admin, path):
    url = USERS + path.format(rep=rep.pk)

    assert [logged_in(who).get(url).status_code for who in (rep, manager, admin)] == [403, 403, 200]


def test_a_forbidden_deed_writes_nothing(logged_in, manager, rep):
    response = logged_in(manager).post(reverse("accounts:deactivate-user", args=[rep.pk]))

    rep.refresh_from_db()
    assert (response.status_code, rep.is_active) == (403, True)


# ── memberships and grades ─────────────────────────────────────────────────────────────────────────


def periods(person):
    rows = person.memberships.order_by("from_on").values_list("team__name", "from_on", "until_on")
    return sorted(rows, key=lambda row: row[1] or date.min)


def test_a_move_ends_the_old_membership_the_day_before(logged_in, admin, rep):
    factories.make_team("二課")
    browser = logged_in(admin)
    second = {
        label: pk for pk, label in browser.get(f"{USERS}{rep.pk}/team/").context["form"]["team"].field.choices
    }

    browser.post(f"{USERS}{rep.pk}/team/", {"team": second["二課"], "from_on": "2026-12-01"})

    assert periods(rep) == [
        ("営業一課", None, date(2026, 11, 30)),
        ("二課", date(2026, 12, 1), None),
    ]


def test_a_move_dated_back_takes_the_place_of_later_ones(rep):
    second, third = factories.make_team("二課"), factories.make_team("三課")
    operations.move_to_team(rep, team=second, from_on=date(2026, 12, 1), **deed())

    operations.move_to_team(rep, team=third, from_on=date(2026, 10, 1), **deed())

    assert periods(rep) == [("営業一課", None, date(2026, 9, 30)), ("三課", date(2026, 10, 1), None)]


def test_leaving_every_team_leaves_a_gap(rep, team):
    operations.move_to_team(rep, team=None, from_on=date(2026, 10, 1), **deed())
    operations.move_to_team(rep, team=team, from_on=date(2026, 11, 1), **deed())

    assert periods(rep) == [("営業一課", None, date(2026, 9, 30)), ("営業一課", date(2026, 11, 1), None)]
    assert queries.teams_of(rep, on=date(2026, 10, 31)) == []


def test_two_teams_on_one_day_are_refused_by_the_database(rep, team):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=rep, team=team, from_on=date(2026, 10, 1))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "", "明日"])
def test_a_day_that_no_calendar_keeps_is_refused_with_a_sentence(logged_in, admin, rep, day):
    response = logged_in(admin).post(f"{USERS}{rep.pk}/team/", {"team": "", "from_on": day})

    assert list(response.context["form"].errors) == ["from_on"]


def test_a_grade_holds_from_its_day_and_stays_in_the_history(logged_in, admin, rep):
    junior, senior = Grade.objects.all()[:2]
    operations.give_grade(rep, grade=junior, from_on=date(2025, 4, 1), **deed())

    logged_in(admin).post(f"{USERS}{rep.pk}/grade/", {"grade": str(senior.pk), "from_on": "2026-04-01"})

    assert [(held.grade, held.from_on, held.until_on) for held in queries.grades_of(rep)] == [
        (senior, date(2026, 4, 1), None),
        (junior, date(2025, 4, 1), date(2026, 3, 31)),
    ]
    assert queries.people().get(pk=rep.pk).grade_name == senior.name


@pytest.mark.parametrize("email", ["nobody", "a@", "a b@example.com"])
def test_nobody_gets_an_address_that_no_mail_reaches(db, email):
    with pytest.raises(operations.BadEmail):
        operations.add_user(name="山田", email=email, roles=[], **deed())

    assert not User.objects.filter(name="山田").exists()


def test_a_move_begins_from_where_the_person_is(logged_in, admin, rep, team):
    operations.move_to_team(rep, team=team, from_on=date(2026, 4, 1), by=SYSTEM, at=timezone.now())

    form = logged_in(admin).get(f"{USERS}{rep.pk}/team/").context["form"]

    assert form["team"].initial == team.pk
