"""What belongs to one company is refused at every door of another, and asking alone changes nothing."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from apps.accounts.models import User
from apps.tenancy.context import inside
from tests import factories
from tests.architecture.routes import TOKEN
from tests.client import TenantClient
from tests.tenancy.asking import ask, made_token, path_to, reading, text_of, visitor, writing

pytestmark = pytest.mark.django_db

# ── records ────────────────────────────────────────────────────────────────────────────────────────


def test_no_route_finds_a_record_of_another_company(in_alpha, in_beta):
    client = visitor(in_beta)

    answers = [
        (method, path, response.status_code, in_alpha.canary in text_of(response))
        for route, method in [*((route, "GET") for route in reading()), *writing()]
        if route.parameters
        for path in [path_to(route, in_alpha.ids)]
        for response in [ask(client, method, path)]
    ]

    assert [answer for answer in answers if answer[2:] not in [(403, False), (404, False)]] == []


WITHOUT_WORDS = {
    "activities:around-deal",
    "integrations:captures-detail",
    "integrations:daily-reports-talk",
    "integrations:goals-monthly-detail",
    "integrations:grades-detail",
    "integrations:list-entries-detail",
}
"""Records in which nobody writes anything."""


def test_every_record_is_found_at_home(in_alpha):
    client = visitor(in_alpha)

    answers = {
        route.name: (response.status_code, in_alpha.canary in text_of(response))
        for route in reading()
        if route.parameters
        for response in [ask(client, "GET", path_to(route, in_alpha.ids))]
    }

    assert {name for name, answer in answers.items() if answer != (200, True)} == WITHOUT_WORDS
    assert {answers[name] for name in WITHOUT_WORDS} == {(200, False)}


NARROWED_BY = ["campaign", "company", "owner", "rep", "team"]


def test_no_list_can_be_narrowed_to_what_is_another_companys(in_alpha, in_beta):
    client = visitor(in_beta)
    theirs = [f"{name}={_id_of(name, in_alpha)}" for name in NARROWED_BY]

    answers = [
        (route.name, query, response.status_code)
        for route in reading()
        if not route.parameters
        # A page ignores what it does not know, the API refuses it.
        for query in ["", *(theirs if route.asks_for == TOKEN else ["&".join(theirs)])]
        for response in [ask(client, "GET", path_to(route, {}) + f"?{query}")]
        if response.status_code >= 500 or in_alpha.canary in text_of(response)
    ]

    assert answers == []


def _id_of(name, planted):
    return planted.ids[f"{name}_id"] if name != "owner" else planted.ids["rep_id"]


@pytest.mark.parametrize(
    ("collection", "body"),
    [
        ("contacts", {"name": "新しい人"}),
        ("captures", {"line": "電話 不在"}),
        ("deals", {"owner": "me"}),
        ("follows", {"kind": "call", "outcome": "connected"}),
        ("visits", {"owner": "me", "starts_at": "2030-01-01T10:00:00+09:00"}),
    ],
)
def test_nothing_can_be_hung_on_a_company_of_another_tenant(in_alpha, in_beta, collection, body):
    client, path = visitor(in_beta), f"/api/v1/{collection}/"
    body = {name: str(in_beta.admin.pk) if value == "me" else value for name, value in body.items()}

    theirs = ask(client, "POST", path, body | {"company": str(in_alpha.ids["company_id"])})
    by_number = ask(client, "POST", path, body | {"company": in_alpha.canary})
    own = ask(client, "POST", path, body | {"company": str(in_beta.ids["company_id"])})

    assert (theirs.status_code, by_number.status_code, own.status_code) == (400, 400, 201)


def test_what_a_day_holds_elsewhere_is_unknown_here(in_alpha, in_beta):
    client = visitor(in_beta)
    company, deal, line = (str(in_alpha.ids[name]) for name in ("company_id", "deal_id", "line_id"))

    answers = [
        ask(client, "POST", "/api/v1/today/put-off/", {"kind": "lead", "about": company}),
        ask(client, "POST", "/api/v1/today/put-off/", {"kind": "action", "about": deal}),
        ask(client, "POST", "/api/v1/captures/", {"waiting": line}),
        ask(client, "POST", "/api/v1/captures/read/", {"waiting": line}),
        ask(client, "POST", "/api/v1/captures/read/", {"line": "電話", "deal": deal}),
        ask(client, "GET", f"/api/v1/comments/?asked_of={in_alpha.admin.pk}"),
        ask(client, "GET", f"/api/v1/daily-reports/day/?user={in_alpha.admin.pk}"),
    ]

    assert [(answer.status_code, in_alpha.canary in text_of(answer)) for answer in answers] == [
        (400, False)
    ] * 7


# ── people ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_password_opens_only_its_own_company(client_at, in_alpha, in_beta):
    given = {"username": in_alpha.admin.email, "password": factories.PASSWORD}

    elsewhere = client_at(in_beta.tenant).post(reverse("accounts:login"), given)
    at_home = client_at(in_alpha.tenant).post(reverse("accounts:login"), given)

    assert (elsewhere.status_code, settings.SESSION_COOKIE_NAME in elsewhere.cookies) == (200, False)
    assert (at_home.status_code, at_home["Location"]) == (302, "/")


def test_a_session_cookie_opens_only_its_own_company(client_at, in_alpha, in_beta):
    cookie = visitor(in_alpha).cookies[settings.SESSION_COOKIE_NAME].value

    statuses = []
    for tenant in (in_alpha.tenant, in_beta.tenant):
        client = client_at(tenant)
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        statuses.append(client.get(reverse("customers:companies")).status_code)

    assert statuses == [200, 302]


def test_a_session_copied_into_another_companys_table_opens_nothing(client_at, in_alpha, in_beta):
    """Not even for a person with the same id, password and salt: the hash in it holds the schema."""
    cookie = visitor(in_alpha).cookies[settings.SESSION_COOKIE_NAME].value
    with inside(in_alpha.tenant):
        row, person = Session.objects.get(pk=cookie), User.objects.get(pk=in_alpha.admin.pk)
    with inside(in_beta.tenant):
        Session(row.pk, row.session_data, row.expire_date).save(force_insert=True)
        person._schema = in_beta.tenant.schema_name
        person.save(force_insert=True)
    client = client_at(in_beta.tenant)
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie

    assert client.get(reverse("customers:companies")).status_code == 302


def test_a_token_opens_only_its_own_company(in_alpha, in_beta):
    headers = {"authorization": f"Bearer {in_alpha.token}"}

    statuses = [
        TenantClient(tenant, headers=headers).get("/api/v1/companies/").status_code
        for tenant in (in_alpha.tenant, in_beta.tenant)
    ]

    assert statuses == [200, 401]


def test_every_door_asks_a_stranger_who_they_are(client, in_alpha):
    answers = [
        (method, path, response.status_code)
        for route, method in [*((route, "GET") for route in reading()), *writing()]
        for path in [path_to(route, in_alpha.ids)]
        for response in [ask(client, method, path)]
        if response.status_code != (401 if route.asks_for == TOKEN else 302)
    ]

    assert answers == []


# ── what asking leaves behind ──────────────────────────────────────────────────────────────────────

NOT_OF_THE_COMPANY = {"django_session"}


def rows_written() -> dict[str, int]:
    """How many rows this test's transaction has written so far, by table, as the database counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del"
            " FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [list(NOT_OF_THE_COMPANY)],
        )
        return dict(cursor.fetchall())


def test_asking_writes_nothing(in_alpha):
    client = visitor(in_alpha)

    writes = {}
    for route in reading():
        before = rows_written()
        ask(client, "GET", path_to(route, in_alpha.ids))
        if rows_written() != before:
            writes[route.name] = rows_written().items() - before.items()

    assert writes == {}


def test_the_database_counts_what_is_written(in_alpha):
    before = rows_written()

    factories.make_company("数えられる会社")

    assert {name for name, _ in rows_written().items() - before.items()} == {
        "t_alpha.customers_company",
        "t_alpha.customers_companyversion",
        "t_alpha.journal_entry",
    }


OF_EVERYBODY = {
    "accounts:change-password",
    "accounts:change-profile",
    "accounts:choose-language",
    "accounts:end-other-logins",
    "accounts:second-factor",
    "accounts:set-up-factor",
    "accounts:speak",
    "activities:calendar-feed",
    "activities:stop-calendar-feed",
    "inbox:draft",
    "inbox:preferences",
    "inbox:read-all",
    "integrations:notifications-read-all",
}
"""One's own account, also without a role."""


def test_being_refused_writes_nothing(alpha, in_alpha):
    """Somebody without any role, at every door, with what an admin may send there."""
    nobody = factories.make_user(name="役割なし")
    client = TenantClient(alpha, headers={"authorization": f"Bearer {made_token(nobody)}"})
    client.force_login(nobody)

    answers = {}
    for route, method in writing():
        if route.name in OF_EVERYBODY:
            continue
        before = rows_written()
        response = ask(client, method, path_to(route, in_alpha.ids), body_for(route, method, in_alpha))
        answers[f"{method} {route.name}"] = (response.status_code, rows_written() == before)

    assert {
        name: answer for name, answer in answers.items() if answer not in [(403, True), (404, True)]
    } == {}


def test_what_was_refused_was_well_formed(in_alpha):
    """The control of the test before: an admin gets through, or meets a rule."""
    client = visitor(in_alpha)

    statuses = {
        f"{method} {route.name}": ask(
            client, method, path_to(route, in_alpha.ids), body_for(route, method, in_alpha)
        ).status_code
        for route, method in writing()
        if route.path.startswith("api/")
    }

    assert {name: status for name, status in statuses.items() if status not in (200, 201, 204, 409)} == {}


def body_for(route, method, planted):
    if not route.path.startswith("api/"):
        return {"sales": "1", "version": "1"}
    company, person, reason = (str(planted.ids[name]) for name in ("company_id", "user_id", "reason_id"))
    moment = "2026-01-05T10:00:00+09:00"
    report = {"goal": "受注の見込みを確かめる"}
    result = {"result": "次回は見積もりを持っていく"}
    beside = {"about_kind": "company", "about": company}
    bodies = {
        "attachments": beside | {"name": "a.txt", "content": "YQ=="},
        "comments": beside | {"text": "新しいコメント"},
        "companies": {"name": "新しい会社"},
        "contacts": {"name": "新しい人", "company": company},
        "lead-sources": {"name": "新しい流入元", "kind": "ad"},
        "campaigns": {
            "name": "新しい施策",
            "lead_source": str(planted.ids["source_id"]),
            "from_on": "2026-01-05",
        },
        "captures": {"line": planted.canary, "kind": "call", "outcome": "connected"},
        "captures-read": {"line": planted.canary},
        "capture-lines": {"line": planted.canary},
        "capture-lines-bring-back": None,
        "companies-merge": {"other": company, "version": 1},
        "companies-unmerge": {},
        "contacts-merge": {"other": str(planted.ids["contact_id"]), "version": 1},
        "contacts-unmerge": {},
        "deals": {"company": company, "owner": person},
        "deals-history": [{"at": moment, "plan": "標準"}],
        "deals-win": {"on": "2026-01-05", "amount": 1},
        "deals-lose": {"on": "2026-01-05", "kind": "never", "reason": reason},
        "daily-reports-read": None,
        "daily-reports-react": {"sign": "good"},
        "daily-reports": {"day": "2026-01-05", "reflection": "よい一日でした"},
        "deals-reopen": {"reason": "まちがい"},
        "follows": {"company": company, "kind": "call", "outcome": "connected"},
        "goals-monthly": {"rep": person, "month": "2026-01", "targets": {"sales": 1}},
        "list-entries": {"list": planted.ids["list_id"], "company": company, "from_on": "2026-01-05"},
        "lists": {"name": "新しいリスト", "owner": person},
        "lost-reasons": {"label": "新しい理由", "cause": "selling"},
        "notifications-read": None,
        "notifications-read-all": {},
        "plans": {"name": "新しいプラン", "price": 1},
        "today-put-off": {"kind": "lead", "about": company},
        "today-take-up-again": {"kind": "lead", "about": company},
        "issue-kinds": {"label": "新しい種類", "words": "新しい"},
        "teams": {"name": "新しいチーム"},
        "users": {"name": "新しい人", "roles": ["admin"]},
        "visits": {"company": company, "owner": person, "starts_at": moment},
        "visits-pre-report": report,
        "visits-post-report": result,
    }
    name = route.name.removeprefix("integrations:").removesuffix("-list").removesuffix("-detail")
    if (method, name) == ("PATCH", "lost-reasons"):
        return {"retired": True, "version": 1}
    if (method, name) == ("PATCH", "list-entries"):
        return {"removed_on": "2026-01-06", "version": 1}
    if method == "PATCH":
        once = {"about_kind", "about", "company", "rep", "month", "owner", "lead_source", "day"}
        return {k: v for k, v in bodies[name].items() if k not in once} | {"version": 1}
    return bodies[name]
