"""The API of goals, people and the words of a tenant."""

import pytest

from tests.integrations.api import facts

pytestmark = pytest.mark.django_db


def test_a_monthly_goal_is_set_and_set_again(program, rep):
    goal = {"rep": str(rep.pk), "month": "2026-10", "targets": {"sales": 1_000_000, "visits": 20}}
    none = dict.fromkeys(("sales", "orders", "new_deals", "new_topics", "visits", "follows", "list_size"))

    first = program.post("goals/monthly/", goal | {"benchmarks": {"sure_count": 3}})
    again = program.post("goals/monthly/", goal | {"targets": {"visits": None, "orders": 4}})

    assert (first.status_code, again.status_code) == (201, 200)
    assert facts(first.json()) == {
        **goal, "targets": none | {"sales": 1_000_000, "visits": 20}, "benchmarks": {"sure_count": 3},
    }  # fmt: skip
    assert again.json()["targets"] == none | {"sales": 1_000_000, "orders": 4}
    assert again.json()["benchmarks"] == {"sure_count": 3}
    assert program.get(f"goals/monthly/?rep={rep.pk}&from=2026-10&to=2026-10").json()["results"] == [
        again.json()
    ]


@pytest.mark.parametrize(
    "wrong", [{"targets": {"luck": 1}}, {"benchmarks": {"attainment": 1}}, {"targets": 5}]
)
def test_a_goal_for_what_has_none_is_refused(program, rep, wrong):
    assert program.post("goals/monthly/", {"rep": str(rep.pk), "month": "2026-10"} | wrong).status_code == 400


def test_a_user_changes_roles_and_is_stopped_and_brought_back(program):
    made = program.made("users/", {"name": "新人", "email": "New@Test.Example", "roles": ["inside_sales"]})
    path = f"users/{made['id']}/"

    promoted = program.patch(path, {"version": 1, "roles": ["manager", "field_sales"]}).json()
    stopped = program.patch(path, {"version": promoted["version"], "active": False}).json()
    back = program.patch(path, {"version": stopped["version"], "active": True}).json()

    assert facts(made) == {
        "name": "新人", "reading": "", "email": "new@test.example", "roles": ["inside_sales"], "team": None,
        "grade": None, "language": "", "active": True, "external_id": None, "source": "",
    }  # fmt: skip
    assert promoted["roles"] == ["manager", "field_sales"]
    assert (stopped["active"], back["active"]) == (False, True)


def test_a_grade_is_given_from_a_day_on(program, rep):
    grade = program.get("grades/").json()["results"][0]["id"]

    given = {"version": program.get(f"users/{rep.pk}/").json()["version"], "grade": grade}

    assert program.patch(f"users/{rep.pk}/", given | {"grade_from": "2026-04-01"}).json()["grade"] == grade


def test_a_lost_reason_is_added_and_retired(program):
    made = program.made("lost-reasons/", {"label": "連絡がとれない", "cause": "selling"})

    retired = program.patch(f"lost-reasons/{made['id']}/", {"version": 1, "retired": True}).json()

    assert facts(made) == {"label": "連絡がとれない", "cause": "selling", "retired": False}
    assert facts(retired) == {"label": "連絡がとれない", "cause": "selling", "retired": True}
    assert program.get("lost-reasons/?retired=true").json()["results"] == [retired]


def test_a_plan_is_offered_changed_and_retired(program):
    made = program.made("plans/", {"name": "基本プラン", "price": 600_000})

    changed = program.patch(f"plans/{made['id']}/", {"version": 1, "price": 650_000, "retired": True}).json()

    assert facts(made) == {"name": "基本プラン", "price": 600_000, "retired": False}
    assert facts(changed) == {"name": "基本プラン", "price": 650_000, "retired": True}
    assert program.get("plans/?retired=false").json()["results"] == []


def test_a_kind_of_issue_is_added_changed_and_retired(program):
    made = program.made("issue-kinds/", {"label": "保守", "words": "故障 修理"})

    given = {"version": 1, "words": "故障", "retired": True}
    changed = program.patch(f"issue-kinds/{made['id']}/", given).json()

    assert facts(made) == {"label": "保守", "words": "故障 修理", "retired": False}
    assert facts(changed) == {"label": "保守", "words": "故障", "retired": True}
    assert program.get("issue-kinds/?retired=true").json()["results"] == [changed]
