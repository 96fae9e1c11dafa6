"""Saved views, the file of a list, and finding one's place again."""

import csv
import io
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.models import SavedView
from apps.base.month import Month
from apps.journal.models import Entry
from tests import factories

COMPANIES = "/companies/"


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


def save(browser, query="where=industry:in:E", **typed):
    address = f"{reverse('accounts:add-view')}?list=companies&{query}"
    form = browser.get(address).context["form"]
    return browser.post(address, {"key": form["key"].value(), "name": "製造業", **typed})


def tabs(browser, address=f"{COMPANIES}?saved=all") -> list[str]:
    return [tab.view.name for tab in browser.get(address).context["listing"].tabs]


def test_a_view_keeps_what_the_list_asks(browser, rep):
    response = save(browser, "where=industry:in:E&sort=-employees&q=a&after=x")

    view = SavedView.objects.get()
    assert (view.name, view.owner, view.shared, view.list_name) == ("製造業", rep, False, "companies")
    assert parse_qs(view.query) == {"q": ["a"], "where": ["industry:in:E"], "sort": ["-employees"]}
    opened = browser.get(response.url).context["listing"]
    assert (opened.current, opened.differs) == (view, False)
    assert Entry.objects.filter(event="view.added", subject_id=view.pk).exists()


def test_a_form_sent_twice_keeps_one_view(browser):
    address = f"{reverse('accounts:add-view')}?list=companies&q=a"
    key = browser.get(address).context["form"]["key"].value()
    for _ in range(2):
        browser.post(address, {"key": key, "name": "一度"})

    assert SavedView.objects.count() == 1


def test_a_view_is_seen_by_its_maker_or_by_all(browser, logged_in, manager):
    save(browser, name="自分の")
    save(browser, name="みんなの", shared="on")

    assert tabs(browser) == ["自分の", "みんなの"]
    assert tabs(logged_in(manager)) == ["みんなの"]


def test_the_list_opens_with_the_chosen_view(browser):
    save(browser, first="on")

    response = browser.get(COMPANIES)

    assert response.url.endswith(SavedView.objects.get().query)
    assert browser.get(f"{COMPANIES}?saved=all").status_code == 200


def test_a_shared_view_is_changed_by_its_maker_or_an_admin(browser, logged_in, manager, admin):
    save(browser, name="みんなの", shared="on")
    view = SavedView.objects.get()
    change = reverse("accounts:change-view", args=[view.pk])
    typed = {"name": "新しい名", "shared": "on", "version": view.version}

    assert logged_in(manager).post(change, typed).status_code == 403
    assert logged_in(admin).post(change, typed).status_code == 302
    assert SavedView.objects.get().name == "新しい名"


def test_anothers_private_view_is_not_found(browser, logged_in, admin):
    save(browser)
    view = SavedView.objects.get()

    for name in ("change-view", "overwrite-view", "open-with-view", "trash-view"):
        assert logged_in(admin).post(reverse(f"accounts:{name}", args=[view.pk])).status_code == 404


def test_a_view_is_overwritten_taken_away_and_brought_back(browser):
    save(browser, first="on")
    view = SavedView.objects.get()

    browser.post(reverse("accounts:overwrite-view", args=[view.pk]), {"query": "where=existing:in:yes&bad=1"})
    assert parse_qs(SavedView.objects.get().query) == {"where": ["existing:in:yes"]}
    browser.post(reverse("accounts:trash-view", args=[view.pk]))
    assert (tabs(browser), browser.get(COMPANIES).status_code) == ([], 200)
    browser.post(reverse("accounts:restore-view", args=[view.pk]))
    assert tabs(browser) == ["製造業"]


def test_a_view_of_what_is_no_more_opens_calmly(browser, rep):
    SavedView(
        list_name="companies", name="古い", query="where=gone:in:1", owner=rep, created_at="2026-01-01T00:00Z",
        changed_at="2026-01-01T00:00Z",
    ).save()  # fmt: skip

    listing = browser.get(f"{COMPANIES}?saved=all").context["listing"]

    assert "外して" in browser.get(listing.tabs[0].url).content.decode()


# ── the file ───────────────────────────────────────────────────────────────────────────────────────


def export(browser, form, name="companies", query=""):
    return browser.post(reverse("accounts:export-list"), {"list": name, "query": query, "form": form})


def body(response) -> bytes:
    content = b"".join(response.streaming_content)
    if file := getattr(response, "file_to_stream", None):
        file.close()
    return content


def test_the_file_has_every_row_of_the_filter_and_no_formula(browser, rep):
    for number in range(60):
        factories.make_company(f"=1+{number}", industry="E", employees=number)
    factories.make_company("よそ")

    response = export(browser, "csv", query="where=industry:in:E&sort=-employees")
    rows = list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))

    assert "%E9%A1%A7%E5%AE%A2_" in response["Content-Disposition"]
    assert [row[0] for row in rows[1:]] == [f"'=1+{number}" for number in range(59, -1, -1)]
    assert (rows[0][:2], rows[1][4]) == (["会社名", "よみ"], "59")
    entry = Entry.objects.get(event="list.exported")
    assert (entry.details["rows"], entry.details["list"], entry.actor_id) == (60, "companies", rep.pk)


def test_the_excel_file_has_exact_numbers_and_text_stays_text(browser, rep):
    factories.make_deal(
        rep,
        company=factories.make_company("=HYPERLINK(1)"),
        amount=1_234_567,
        expected_month=Month(2026, 12),
        next_action="電話",
        next_action_on=date(2026, 12, 1),
    )

    sheet = load_workbook(io.BytesIO(body(export(browser, "xlsx", "deals")))).active
    row = dict(zip(*[[cell.value for cell in line] for line in sheet.iter_rows()], strict=True))

    assert (row["会社"], row["価格"], row["時期"]) == ("=HYPERLINK(1)", 1_234_567, "2026-12")
    assert row["次の一手の日"].date() == date(2026, 12, 1)
    assert sheet["A2"].data_type == "s"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("name", ["companies", "contacts", "target-lists", "deals", "follows", "visits"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_list_can_be_taken_along(browser, rep, name, form):
    company = factories.make_company()
    factories.make_contact(company)
    factories.make_deal(rep, company=company)
    factories.make_follow(rep, company=company)
    factories.make_visit(rep, company=company)
    factories.make_list(rep)

    response = export(browser, form, name)

    assert response.status_code == 200
    assert body(response)
    assert Entry.objects.get(event="list.exported").details["rows"] == 1


def test_only_a_post_takes_a_list_along_and_only_a_known_one(browser):
    assert browser.get(reverse("accounts:export-list")).status_code == 405
    assert [export(browser, "pdf").status_code, export(browser, "csv", "users").status_code] == [404, 404]


# ── one's place ────────────────────────────────────────────────────────────────────────────────────


def test_a_record_leads_to_its_neighbours_and_back_to_its_row(browser):
    made = [factories.make_company(name, reading=name, industry="E") for name in "あいう"]
    factories.make_company("あん", reading="あん")
    listing = browser.get(COMPANIES, {"where": "industry:in:E"}).context["listing"]

    place = browser.get(f"/companies/{made[1].pk}/{listing.from_here}").context["place"]

    assert urlsplit(place.previous).path == made[0].get_absolute_url()
    assert urlsplit(place.next).path == made[2].get_absolute_url()
    assert place.back.endswith(f"#row-{made[1].pk}")
    assert browser.get(place.next).context["place"].next is None
    assert [c.name for c in browser.get(place.back).context["listing"].rows] == ["あ", "い", "う"]


def test_the_way_back_holds_the_row_though_it_is_pages_away(browser):
    made = [factories.make_company(f"社{number:03}", reading=f"{number:03}") for number in range(55)]

    rows = browser.get(COMPANIES, {"at": str(made[53].pk)}).context["listing"].slice

    assert [company.name for company in rows.rows] == ["社053", "社054"]
    assert [c.name for c in browser.get(COMPANIES + rows.previous).context["listing"].rows][-1] == "社052"


@pytest.mark.parametrize(
    "here", ["//evil.example/", "/settings/", "x", "/companies/?where=%00", "/deals/", "/" * 5000]
)
def test_what_is_no_list_of_ours_is_no_place(browser, here):
    company = factories.make_company()

    response = browser.get(company.get_absolute_url(), {"from": here})

    assert response.status_code == 200
    assert "evil" not in response.content.decode()
