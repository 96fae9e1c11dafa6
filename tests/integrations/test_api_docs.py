"""The API's description: complete, for people who are logged in, and readable under the strict CSP."""

import re

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db

PAGES = ["/api/v1/docs/", "/api/v1/schema/"]


def test_the_description_is_valid_and_leaves_nothing_out(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


@pytest.mark.parametrize("path", PAGES)
def test_the_description_asks_for_a_login(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={path}")


@pytest.mark.parametrize("path", PAGES)
def test_who_is_logged_in_may_read_it(logged_in, rep, path):
    assert logged_in(rep).get(path).status_code == 200


def test_the_page_holds_no_inline_script_or_style(logged_in, rep):
    page = logged_in(rep).get("/api/v1/docs/").content.decode()

    assert len(re.findall(r"<script src=", page)) == page.count("<script") == 2
    assert page.count("<style") + page.count(" style=") == 0
