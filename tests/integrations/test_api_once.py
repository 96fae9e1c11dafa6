"""A POST with an Idempotency-Key is done once, also when it is sent twice at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.customers.models import Company
from apps.integrations.idempotency import forget_answers
from apps.integrations.models import Answered
from apps.tenancy.context import inside
from tests import factories
from tests.integrations.api import Program

KEY = {"Idempotency-Key": "a-key"}


@pytest.fixture
def program(alpha, rep):
    return Program(alpha, rep)


@pytest.mark.django_db
def test_the_same_post_again_is_answered_as_before(program):
    first = program.post("companies/", {"name": "a"}, **KEY)
    again = program.post("companies/", {"name": "a"}, **KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert Company.objects.count() == 1


@pytest.mark.django_db
def test_a_refusal_is_kept_as_well(program):
    first = program.post("companies/", {"name": ""}, **KEY)
    again = program.post("companies/", {"name": ""}, **KEY)

    assert (first.status_code, again.status_code) == (400, 400)
    assert (again["Content-Type"], again.json()) == (first["Content-Type"], first.json())


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "name"), [("companies/", "b"), ("companies/?x=1", "a"), ("contacts/", "a")])
def test_a_key_belongs_to_one_address_and_body(program, path, name):
    program.post("companies/", {"name": "a"}, **KEY)

    assert program.post(path, {"name": name}, **KEY).status_code == 422
    assert Company.objects.count() == 1


@pytest.mark.django_db
def test_another_user_s_key_is_another_key(program, alpha, colleague):
    first = program.post("companies/", {"name": "a"}, **KEY)
    other = Program(alpha, colleague).post("companies/", {"name": "a"}, **KEY)

    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]


@pytest.mark.django_db
def test_a_key_is_forgotten_after_a_day(program):
    program.post("companies/", {"name": "a"}, **KEY)

    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1), tick=True):
        assert program.post("companies/", {"name": "b"}, **KEY).status_code == 201
        assert forget_answers(now=timezone.now()) == 0
        assert forget_answers(now=timezone.now() + timedelta(hours=24, seconds=1)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a" * 201, "ключ"])
def test_a_key_is_a_short_word(program, key):
    assert program.post("companies/", {"name": "a"}, **{"Idempotency-Key": key}).status_code == 400


@pytest.mark.django_db
def test_what_failed_by_our_fault_is_not_kept(alpha, rep, monkeypatch):
    program = Program(alpha, rep, raise_request_exception=False)

    def broken(**given):
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr("apps.customers.queries.companies", broken)
        assert program.post("companies/", {"name": "a"}, **KEY).status_code == 500

    assert Answered.objects.count() == 0
    assert Company.objects.count() == 0
    assert program.post("companies/", {"name": "a"}, **KEY).status_code == 201


def test_sent_twice_at_once_it_makes_one_record(own_database, alpha):
    user = factories.make_user(Role.FIELD_SALES)
    token = Program(alpha, user).defaults["HTTP_AUTHORIZATION"]

    def send(_n) -> tuple[int, str]:
        try:
            with inside(alpha):
                answer = Program(alpha, HTTP_AUTHORIZATION=token).post("companies/", {"name": "同時"}, **KEY)
                return answer.status_code, answer.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))

    assert {status for status, _id in answers} == {201}
    assert len({made for _status, made in answers}) == 1
    assert Company.objects.count() == 1
