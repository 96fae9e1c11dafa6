import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations, queries, rules
from apps.accounts.models import SYSTEM, Team
from tests import factories

TEAMS = "/settings/teams/"


def deed():
    return {"by": SYSTEM, "at": timezone.now()}


def test_each_team_stands_below_the_one_that_holds_it():
    parents = {"一課": "東京", "東京": None, "大阪": None, "二課": "東京", "班": "一課"}

    assert list(rules.lines_of(parents)) == [
        ("東京",),
        ("東京", "一課"),
        ("東京", "一課", "班"),
        ("東京", "二課"),
        ("大阪",),
    ]


@pytest.mark.parametrize(
    ("team", "among", "nearest"),
    [
        ("班", {"班", "東京", None}, "班"),
        ("班", {"東京", None}, "東京"),
        ("班", {None}, None),
        ("大阪", {"東京", None}, None),
        (None, {"東京", None}, None),
    ],
)
def test_the_nearest_team_above_is_found(team, among, nearest):
    parents = {"班": "一課", "一課": "東京", "東京": None, "大阪": None}

    assert rules.nearest(team, parents, among=among) == nearest


@pytest.mark.parametrize("count", [1, 3])
def test_the_tree_costs_the_same_however_many_teams(logged_in, admin, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_user(team=factories.make_team())
    browser = logged_in(admin)

    with django_assert_num_queries(6):  # the tenant 3, session, user, teams
        browser.get(TEAMS)


def test_the_tree_counts_who_is_there_today_and_active(db):
    team = factories.make_team("営業部")
    factories.make_user(team=team)
    operations.deactivate_user(factories.make_user(team=team), **deed())
    operations.move_to_team(factories.make_user(team=team), team=None, from_on=timezone.localdate(), **deed())

    assert [(node.path, node.team.head_count) for node in queries.team_tree()] == [(("営業部",), 1)]


def test_a_team_is_put_under_another(logged_in, admin, team):
    browser = logged_in(admin)
    key = browser.get(f"{TEAMS}add/").context["form"]["key"].value()

    browser.post(f"{TEAMS}add/", {"key": key, "name": "一班", "parent": str(team.pk)})

    assert [node.path for node in queries.team_tree()] == [("営業一課",), ("営業一課", "一班")]


def test_a_team_does_not_come_under_itself(logged_in, admin, team):
    below = factories.make_team("一班", parent=team)

    response = logged_in(admin).post(
        f"{TEAMS}{team.pk}/", {"name": team.name, "parent": str(below.pk), "version": team.version}
    )

    assert response.context["form"].errors == {"parent": ["自分の下のチームを上のチームにはできません。"]}


def test_one_place_has_one_team_of_a_name(logged_in, admin, team):
    browser = logged_in(admin)
    key = browser.get(f"{TEAMS}add/").context["form"]["key"].value()

    response = browser.post(f"{TEAMS}add/", {"key": key, "name": team.name, "parent": ""})

    assert response.context["form"].errors == {"name": ["同じ場所に同じ名前のチームがあります。"]}


def test_a_team_that_somebody_was_in_stays(logged_in, admin, rep, team):
    response = logged_in(admin).post(reverse("accounts:remove-team", args=[team.pk]), follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "人や下のチームがいるチームはなくせません。"
    ]
    assert Team.objects.filter(pk=team.pk).exists()


def test_an_empty_team_goes(logged_in, admin):
    team = factories.make_team()

    logged_in(admin).post(reverse("accounts:remove-team", args=[team.pk]))

    assert not Team.objects.filter(pk=team.pk).exists()


@pytest.mark.parametrize("path", ["", "add/", "{team}/"])
def test_only_admins_see_these_pages(logged_in, manager, admin, team, path):
    url = TEAMS + path.format(team=team.pk)

    assert [logged_in(who).get(url).status_code for who in (manager, admin)] == [403, 200]
