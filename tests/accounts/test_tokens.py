import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import operations, queries
from apps.accounts.models import SYSTEM, ApiToken
from apps.base.refusal import Forbidden
from tests import factories

TOKENS = "/settings/tokens/"


def make(user, name="連携"):
    return operations.make_token(user, name=name, by=SYSTEM, at=timezone.now())


def test_a_token_is_shown_once_and_acts_for_its_maker(logged_in, rep):
    browser = logged_in(rep)

    made = browser.post(f"{TOKENS}make/", {"name": "連携"})

    token = made.context["token"]
    assert queries.user_of_token(token) == rep
    assert "no-store" in made["Cache-Control"]
    assert token not in browser.get(TOKENS).content.decode()
    assert token not in str(ApiToken.objects.values())


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(logged_in, rep, count, django_assert_num_queries):
    for _ in range(count):
        make(rep)
    browser = logged_in(rep)

    with django_assert_num_queries(6):  # the tenant 3, session, user, tokens
        browser.get(TOKENS)


def test_a_revoked_token_is_nobodys(logged_in, rep):
    token = make(rep)

    logged_in(rep).post(reverse("accounts:revoke-token", args=[rep.tokens.get().pk]))

    assert queries.user_of_token(token) is None


def test_anothers_token_does_not_exist(logged_in, rep, colleague):
    token = make(colleague)

    response = logged_in(rep).post(reverse("accounts:revoke-token", args=[colleague.tokens.get().pk]))

    assert (response.status_code, queries.user_of_token(token)) == (404, colleague)


def test_nobody_makes_a_token_for_another(rep, colleague):
    with pytest.raises(Forbidden):
        operations.make_token(colleague, name="連携", by=rep, at=timezone.now())


def test_who_may_do_nothing_has_no_tokens(logged_in, db):
    assert logged_in(factories.make_user()).get(TOKENS).status_code == 403
