"""Every error is application/problem+json, in the asker's language; none is a 5xx."""

import json

import pytest
from django.test import override_settings
from django.utils import timezone

from apps.accounts import operations as accounts
from apps.accounts.models import SYSTEM, ApiToken, User
from apps.customers.models import Company
from tests import factories
from tests.integrations.api import PROBLEM, Program

pytestmark = pytest.mark.django_db

NOBODY = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def program(alpha, rep):
    return Program(alpha, rep)


def problem(answer) -> dict:
    assert answer["Content-Type"] == PROBLEM
    told = answer.json()
    assert told["status"] == answer.status_code
    assert all(told[name] for name in ("type", "title", "detail"))
    return told


# ── who asks ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("said", [None, "Bearer", "Bearer wrong", "Basic YTpi", "Bearer \xff"])
def test_who_brings_no_good_token_is_nobody(alpha, said):
    answer = Program(alpha).get("companies/", **({"Authorization": said} if said else {}))

    assert problem(answer)["status"] == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_does_not_open_the_api(alpha, logged_in, rep):
    assert logged_in(rep).get("/api/v1/companies/").status_code == 401


def test_a_token_ends_with_its_user_at_once(program, rep):
    assert program.get("companies/").status_code == 200

    accounts.deactivate_user(rep, by=SYSTEM, at=timezone.now())

    assert problem(program.get("companies/"))["status"] == 401


def test_a_revoked_token_ends_at_once(program, rep):
    accounts.revoke_token(ApiToken.objects.get(user=rep), by=SYSTEM, at=timezone.now())

    assert problem(program.get("companies/"))["status"] == 401


def test_a_token_is_nobody_at_another_company(alpha, beta, rep):
    stranger = Program(alpha, rep)
    stranger.defaults["SERVER_NAME"] = "beta.localhost"

    assert problem(stranger.get("companies/"))["status"] == 401


def test_the_api_neither_reads_nor_makes_cookies(program, logged_in, rep, django_assert_num_queries):
    program.cookies = logged_in(rep).cookies

    with django_assert_num_queries(5):  # tenant, role and schema, token, companies; no session
        answer = program.get("companies/")

    assert answer.cookies == {}


# ── what is asked ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "name"),
        (b"{", None),
        (b"[]", None),
        (b"null", None),
        (b'"text"', None),
        (b'{"name": "a", "name": "b"}', None),
        (b'{"name": "\xff"}', None),
        (b'{"name": "\\ud800"}', None),
        (b'{"name": NaN}', None),
        (b'{"name": 1e999}', None),
        (b"[" * 100_000, None),
        (b'{"name": "a\\u0000b"}', "name"),
        (b'{"name": "a\\u0007b"}', "name"),
        (b'{"name": 1}', "name"),
        (b'{"name": true}', "name"),
        (b'{"name": null}', "name"),
        (b'{"name": ["a"]}', "name"),
        (b'{"name": {"a": 1}}', "name"),
        (b'{"name": ""}', "name"),
        (b'{"name": " \\r\\n "}', "name"),
        (b'{"name": "' + b"a" * 201 + b'"}', "name"),
        (b'{"name": "a", "nickname": "b"}', "nickname"),
        (b'{"name": "a", "stage": "won"}', "stage"),
        (b'{"name": "a", "id": "b"}', "id"),
        (b'{"name": "a", "website": "javascript:alert(1)"}', "website"),
        (b'{"name": "a", "external_id": ""}', "external_id"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_where_it_is_wrong(program, body, field):
    told = problem(program.post("companies/", body))

    assert told["status"] == 400
    assert [fault.get("field") for fault in told.get("errors", [{}])] == [field]
    assert Company.objects.count() == 0


def test_a_body_of_nothing_is_refused_in_the_user_s_language(program):
    assert problem(program.post("companies/", b"null"))["detail"] == "この項目はnullにできません。"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": -1}, {"amount": 10**13 + 1}, {"amount": 10**40}, {"amount": 1.5}, {"amount": "1"}, {"amount": True},
        {"expected_month": "2026-13"}, {"expected_month": "2026-1"}, {"expected_month": 202610},
        {"opened_at": "yesterday"}, {"opened_at": "0001-01-01"}, {"opened_at": "9999-12-31T23:59:59Z"}, {"opened_at": 1},
        {"next_action_on": "2026-02-30"}, {"rank": "best"}, {"rank": ["sure"]}, {"owner": 7},
        {"owner": "nobody"}, {"company": NOBODY}, {"company": "\x00"}, {"company": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_value_is_refused_at_its_field(program, rep, wrong):
    deal = {"company": str(factories.make_company().pk), "owner": str(rep.pk)}

    told = problem(program.post("deals/", deal | wrong))

    assert told["status"] == 400
    assert [fault["field"] for fault in told["errors"]] == list(wrong)


@pytest.mark.parametrize(
    "asked",
    [
        "companies/?nonsense=1", "companies/?limit=0", "companies/?limit=201", "companies/?limit=x", "companies/?limit=９",
        "companies/?cursor=abc", "deals/?stage=deep", "deals/?owner=nobody", "follows/?from=2026-99-01",
        "deals/summary/", "deals/summary/?by=weather", "board/", "board/?from=2026-08", "board/?org=1",
        "board/?org=1&rep=x&from=2026-08", "board/?org=2&from=2026-08", "board/?org=1&from=2026-08&months=25",
        "board/?org=1&from=2026-08&months=0", "board/?org=1&from=2026-08&as_of=then",
        "board/?org=1&from=2026-08&as_of=20261015", "board/?org=1&from=2026-08&as_of=2026-W42-4", "board/?org=1&from=1899-12",
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(program, asked):
    assert problem(program.get(asked))["status"] == 400


def test_a_cursor_of_another_list_does_not_fit(program, rep):
    for _n in range(2):
        factories.make_follow(rep, company=factories.make_company())
    cursor = program.get("follows/?limit=1").json()["next"].partition("cursor=")[2]

    assert program.get(f"follows/?limit=1&cursor={cursor}").status_code == 200
    assert problem(program.get(f"companies/?limit=1&cursor={cursor}"))["status"] == 400


@pytest.mark.parametrize(
    "path", ["companies/abc/", f"companies/{NOBODY}/", "nothing/", "", "companies/1/2/3"]
)
def test_what_is_not_there_is_not_found(program, path):
    assert problem(program.get(path))["status"] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_program_that_mistypes_an_address_is_told_so_whatever_it_does(alpha, admin, method):
    program = Program(alpha, admin, enforce_csrf_checks=True)

    assert problem(program.ask(method, "compannies/", {}))["status"] == 404


def test_what_lies_in_the_trash_is_not_found(program, rep):
    deal = factories.make_deal(rep)

    assert program.delete(f"deals/{deal.pk}/").status_code == 204

    assert problem(program.get(f"deals/{deal.pk}/"))["status"] == 404


def test_a_method_that_is_not_there_is_refused_with_those_that_are(program):
    answer = program.delete("companies/")

    assert problem(answer)["status"] == 405
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_another_format_is_refused(program):
    assert problem(program.get("companies/", Accept="text/html"))["status"] == 406


def test_another_media_type_is_refused(program):
    assert problem(program.post("companies/", b"name=a", content_type="text/plain"))["status"] == 415


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_body_that_is_too_large_is_refused_unread(program):
    assert problem(program.post("companies/", {"name": "a" * 100}))["status"] == 413


@override_settings(API_REQUESTS_PER_MINUTE=2)
def test_who_asks_too_often_is_told_when_to_come_back(program):
    answers = [program.get("companies/") for _n in range(5)]

    assert problem(answers[-1])["status"] == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_a_fault_of_ours_is_told_as_one(alpha, rep, monkeypatch):
    def broken(**given):
        raise RuntimeError("broken")

    monkeypatch.setattr("apps.customers.queries.companies", broken)
    program = Program(alpha, rep, raise_request_exception=False)

    told = problem(program.get("companies/"))

    assert told["status"] == 500
    assert "broken" not in json.dumps(told)


# ── what may be done ───────────────────────────────────────────────────────────────────────────────


def test_what_one_may_not_do_is_forbidden(program, stranger):
    deal = factories.make_deal(stranger)

    answer = program.patch(f"deals/{deal.pk}/", {"version": deal.version, "plan": "x"})

    assert problem(answer)["status"] == 403
    deal.refresh_from_db()
    assert deal.plan == ""


def test_who_may_not_change_people_is_forbidden_whatever_version_they_name(alpha, rep):
    answer = Program(alpha, rep).patch(f"users/{rep.pk}/", {"version": 99, "roles": ["admin"]})

    assert problem(answer)["status"] == 403


def test_nobody_hands_a_deal_to_whom_they_do_not_lead_by_its_history(program, rep, stranger):
    deal = factories.make_deal(rep)
    row = {"at": timezone.now().isoformat(), "owner": str(stranger.pk)}

    assert problem(program.post(f"deals/{deal.pk}/history/", row))["status"] == 403


def test_what_a_rule_refuses_is_a_conflict_that_names_the_field(program, rep):
    deal = factories.make_deal(rep)
    reason = program.get("lost-reasons/").json()["results"][0]["id"]
    lost = {"on": timezone.localdate().isoformat(), "kind": "not_now", "reason": reason}

    told = problem(program.post(f"deals/{deal.pk}/lose/", lost))

    assert told["status"] == 409
    assert [fault["field"] for fault in told["errors"]] == ["comes_back_on"]


def test_a_change_must_say_which_version_it_saw(program):
    company = factories.make_company()

    assert problem(program.patch(f"companies/{company.pk}/", {"name": "b"}))["status"] == 428


def test_a_change_of_what_changed_meanwhile_shows_what_stands_now(program):
    company = factories.make_company("前の名前")
    path = f"companies/{company.pk}/"
    seen = program.get(path).json()["version"]
    program.patch(path, {"version": seen, "name": "今の名前"})

    told = problem(program.patch(path, {"version": seen, "name": "次の名前"}))

    assert (told["status"], told["type"]) == (409, "urn:baton:stale")
    assert told["present"] == program.get(path).json()
    assert told["present"]["name"] == "今の名前"


def test_a_number_of_another_system_is_given_once(program):
    company = {"name": "a", "external_id": "17"}
    program.made("companies/", company)

    told = problem(program.post("companies/", company))

    assert (told["status"], told["type"]) == (409, "urn:baton:known-already")
    assert program.made("companies/", company | {"source": "other"})["source"] == "other"


def test_a_number_that_two_systems_use_names_nobody(program, rep):
    for source in ("one", "two"):
        program.made("companies/", {"name": source, "external_id": "17", "source": source})

    told = problem(program.post("deals/", {"company": "17", "owner": str(rep.pk)}))

    assert told["status"] == 400
    assert told["detail"] == "「17」は複数の取り込み元にあります。idで指定してください。"


# ── in which words ─────────────────────────────────────────────────────────────────────────────────


def test_the_user_s_language_comes_before_the_program_s(alpha, rep):
    def spoken(language: str, accepted: str) -> str:
        User.objects.filter(pk=rep.pk).update(language=language)
        return Program(alpha, rep).get("companies/", **{"Accept-Language": accepted})["Content-Language"]

    assert spoken("", "") == "ja"
    assert spoken("", "fr, en-GB;q=0.9") == "en"
    assert spoken("ja", "en") == "ja"
    assert spoken("en", "ja") == "en"
