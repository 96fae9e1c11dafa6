"""Whatever is sent to the API, it answers as its own description says, and never with a 5xx."""

import pytest
import requests
import schemathesis
from django.test import override_settings
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.inbox import operations as inbox
from apps.inbox.models import Notification
from tests import factories
from tests.integrations.api import Program

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXCLUSIVE = [
    ("on", "at"),
    ("rep", "team", "org"),
    ("team", "org"),
    ("line", "waiting"),
    ("waiting", "written_at"),
]
"""Of these a body takes one, which no description of single fields can say."""
ORDER = ["get", "post", "put", "patch", "delete"]
DATES = {
    **dict.fromkeys(
        ("on", "opened_at", "happened_at", "happened_on", "next_action_on", "written_at"), "2026-10-10"
    ),
    **dict.fromkeys(("at", "starts_at"), "2026-11-10T10:00:00+09:00"),
    **dict.fromkeys(("ends_at", "comes_back_on"), "2027-01-10"),
}
"""Of the years that the calendar has, Baton keeps few."""
EXAMPLES = {GenerationMode.POSITIVE: 12, GenerationMode.NEGATIVE: 6}


@pytest.fixture
def records(alpha, admin, rep) -> dict[str, str]:
    """Real ids by the names under which bodies refer to them and paths begin with."""
    company = factories.make_company()
    contact = factories.make_contact(company)
    deal = factories.make_deal(rep, company=company, plan="基本", amount=10_000)
    follow = factories.make_follow(rep, company=company, deal=deal)
    visit = factories.make_visit(admin, company=company, deal=deal)
    program = Program(alpha, admin)
    program.made(f"visits/{visit.pk}/pre-report/", {"goal": "課題を聞く", "issues": ["費用"]})
    program.made(f"visits/{visit.pk}/post-report/", {"result": "聞けた"})
    goal = program.made("goals/monthly/", {"rep": str(rep.pk), "month": "2026-10", "targets": {"sales": 1}})
    lists = program.made("lists/", {"name": "重点", "owner": str(rep.pk)})
    entry = program.made(
        "list-entries/", {"list": lists["id"], "company": str(company.pk), "from_on": "2026-10-01"}
    )
    comment = factories.make_comment(company, by=admin)
    report = factories.make_daily(admin)
    file = factories.make_file(company, by=admin)
    line = f"{company.name} 電話 10分 前向き"
    capture, waiting = (program.made(path, {"line": line}) for path in ("captures/", "capture-lines/"))
    inbox.tell([admin.pk], key="fuzz", kind="deal.given", about=deal, by=rep.pk, at=timezone.now())
    plan = program.made("plans/", {"name": "基本"})
    source = program.get("lead-sources/").json()["results"][0]["id"]
    campaign = program.made(
        "campaigns/", {"name": "春の展示会", "lead_source": source, "from_on": "2026-04-01"}
    )
    first = {
        path: program.get(f"{path}/").json()["results"][0]["id"]
        for path in ("lost-reasons", "issue-kinds", "grades", "teams")
    }
    ids = {
        "companies": company.pk, "contacts": contact.pk, "deals": deal.pk, "follows": follow.pk,
        "visits": visit.pk, "daily-reports": report.pk, "users": rep.pk, "goals": goal["id"],
        "lists": lists["id"], "list-entries": entry["id"], "plans": plan["id"], **first,
        "lead-sources": source, "campaigns": campaign["id"],
        "comments": comment.pk, "attachments": file.pk, "about": company.pk, "about_kind": "company",
        "captures": capture["id"], "capture-lines": waiting["id"], "waiting": waiting["id"],
        "notifications": Notification.objects.filter(user_id=admin.pk).latest("pk").pk,
    }  # fmt: skip
    named = {"company": "companies", "contact": "contacts", "deal": "deals", "owner": "users", "rep": "users"}
    named |= {
        "reason": "lost-reasons",
        "team": "teams",
        "parent": "teams",
        "grade": "grades",
        "list": "lists",
        "lead_source": "lead-sources",
        "campaign": "campaigns",
    }
    return DATES | {
        name: str(pk) for name, pk in (ids | {name: ids[kind] for name, kind in named.items()}).items()
    }


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value
)
def test_every_answer_is_one_that_is_described(alpha, admin, records, mode, subtests):
    load_all_checks()
    program = Program(alpha, admin, raise_request_exception=False)
    described = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))

    operations = [found.ok() for found in described.get_all_operations()]
    for operation in sorted(operations, key=lambda operation: ORDER.index(operation.method)):
        with subtests.test(operation=operation.label):
            hold_to_its_description(operation, program, records, mode)


def hold_to_its_description(operation, program, records, mode) -> None:
    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.sampled_from([True, True, False]))
    def answered(case, real):
        if real:
            name_real_records(case, program, records)
        case.validate_response(sent(program, case), checks=CHECKS)

    with override_settings(API_REQUESTS_PER_MINUTE=10**9):
        answered()


def name_real_records(case, program, records) -> None:
    """Random ids, versions and keys never get far: put real ones in their places."""
    kind = case.operation.path.removeprefix("/api/v1/").split("/")[0]
    known = records
    if isinstance(case.path_parameters, dict) and "id" in case.path_parameters:
        case.path_parameters["id"] = records[kind]
        path = kind if kind != "goals" else "goals/monthly"
        known = records | {"version": program.get(f"{path}/{records[kind]}/").json().get("version")}
    for place in (case.query, case.body, *(case.body if isinstance(case.body, list) else [])):
        if isinstance(place, dict):
            place.update({name: known[name] for name in place.keys() & known.keys()})
            for first, *others in EXCLUSIVE:
                if first in place:
                    [place.pop(other, None) for other in others]
    (case.headers or {}).pop("Idempotency-Key", None)


def sent(program, case) -> schemathesis.Response:
    """The program's answer, as the library wants to see it."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://alpha.localhost")).prepare()
    headers = {
        name: asked.headers[name] for name in asked.headers.keys() - {"Content-Length", "Authorization"}
    }
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    content_type = headers.pop("Content-Type", "")
    answer = program.generic(asked.method, asked.path_url, body, content_type, headers=headers)
    given = {name.lower(): [value] for name, value in answer.headers.items()}
    content = answer.getvalue() if answer.streaming else answer.content
    return schemathesis.Response(answer.status_code, given, content, asked, elapsed=0, verify=False)
