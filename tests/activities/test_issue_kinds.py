"""想定課題の種類 — the tenant's own words, given to the lines of a pre-visit report by a tap or not at all."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.activities import operations, queries, rules
from apps.activities.models import ExpectedIssue, IssueKind
from tests import factories

KINDS = "/settings/issue-kinds/"


@pytest.fixture
def price(db):
    return IssueKind.objects.get(label="価格")


@pytest.fixture
def rival(db):
    return IssueKind.objects.get(label="競合")


def offered() -> list[str]:
    return [kind.label for kind in queries.issue_kinds()]


def prepared(visit, rep, **kinds):
    """A pre-visit report that expects these lines, each of its kind."""
    now = timezone.now()
    operations.prepare_visit(visit, goal="—", issues=list(kinds), kinds=kinds, by=rep, at=now)
    return visit


def sorted_as(visit) -> dict[str, str]:
    return {issue.text: str(issue.kind or "") for issue in visit.issues.select_related("kind")}


# ── the tenant's words ─────────────────────────────────────────────────────────────────────────────


def test_a_new_tenant_has_kinds_to_begin_with_once(db):
    before = offered()

    operations.furnish(at=timezone.now())

    assert before[:5] == ["価格", "時期", "決裁", "競合", "導入の手間"]
    assert offered() == before


def test_the_admin_adds_a_kind_with_its_words(logged_in, admin):
    logged_in(admin).post(KINDS, {"label": " 保守 ", "words": "故障 修理"})

    assert (offered()[-1], IssueKind.objects.get(label="保守").words) == ("保守", "故障 修理")


@pytest.mark.parametrize(
    ("given", "fault"),
    [({"label": "価格"}, "label"), ({"label": " "}, "label"), ({"label": "あ" * 41}, "label")],
)
def test_what_makes_no_kind_is_refused_at_its_field(logged_in, admin, given, fault):
    response = logged_in(admin).post(KINDS, given)

    assert list(response.context["form"].errors) == [fault]


def test_a_kind_is_called_otherwise_and_so_are_its_issues(logged_in, admin, visit, rep, price):
    prepared(visit, rep, 費用=price)

    address = reverse("activities:change-issue-kind", args=[price.pk])
    logged_in(admin).post(address, {"label": "お金", "words": "費用", "version": price.version})

    assert sorted_as(visit) == {"費用": "お金"}


def test_a_kind_does_not_take_anothers_name(logged_in, admin, price):
    address = reverse("activities:change-issue-kind", args=[price.pk])
    response = logged_in(admin).post(address, {"label": "時期", "words": "", "version": price.version})

    assert list(response.context["form"].errors) == ["label"]


def test_a_retired_kind_is_offered_no_more_and_stays_where_it_was_given(logged_in, admin, visit, rep, price):
    prepared(visit, rep, 費用=price)
    browser, before = logged_in(admin), offered()

    browser.post(reverse("activities:retire-issue-kind", args=[price.pk]))
    meanwhile, there = offered(), sorted_as(visit)
    browser.post(reverse("activities:bring-back-issue-kind", args=[price.pk]))

    assert (meanwhile, there) == ([label for label in before if label != "価格"], {"費用": "価格"})
    assert offered() == before


def test_only_an_admin_changes_the_kinds(logged_in, manager, price):
    browser = logged_in(manager)
    doors = ["change-issue-kind", "retire-issue-kind", "bring-back-issue-kind"]
    addresses = [KINDS, *(reverse(f"activities:{door}", args=[price.pk]) for door in doors)]

    given = {"label": "x", "version": price.version}
    assert [browser.post(address, given).status_code for address in addresses] == [403] * 4


# ── what a line speaks of ──────────────────────────────────────────────────────────────────────────

WORDS = {"価格": "価格 費用 値引き", "時期": "時期、繁忙期", "競合": "競合 他社", "手間": "導入 ＳＦＡ"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("費用が合わない", "価格"),
        ("競合の値引き", "競合"),  # one word of each: the one said first
        ("導入の時期が繁忙期に重なる", "時期"),  # two words against one
        ("sfaを使わない", "手間"),
        ("社長が代わった", None),
        ("", None),
    ],
)
def test_a_line_is_of_the_kind_whose_words_it_has(line, kind):
    assert rules.kind_said(line, WORDS) == kind


def test_a_kind_without_words_is_never_meant():
    assert rules.kind_said("何でも", {"空": " 、 "}) is None


def test_what_was_said_of_a_line_holds_for_it_reworded():
    said = {"費用": "価格", "時期": "時期"}

    assert rules.carried(said, rows=["費用", "時期"], lines=["費用のこと", "時期"])["費用のこと"] == "価格"
    assert "新しい" not in rules.carried(said, rows=["費用", "時期"], lines=["費用", "時期", "新しい"])


# ── on the page before a visit ─────────────────────────────────────────────────────────────────────


def sort(browser, visit, lines: list[str], **sent) -> dict[str, str]:
    """What the page proposes for the lines as they stand."""
    response = browser.post(
        reverse("activities:sort-issues", args=[visit.pk]), {"issues": "\n".join(lines), **sent}
    )
    return {line: str(kind or "") for line, kind, _proposed in response.context["sorted"].rows}


def test_the_kind_is_proposed_by_the_words_of_the_line(browser, visit):
    proposed = sort(browser, visit, ["月額の費用", "役員の承認", "天気"])

    assert proposed == {"月額の費用": "価格", "役員の承認": "決裁", "天気": ""}
    assert not ExpectedIssue.objects.exists()


def test_the_kind_it_had_before_goes_before_its_words(browser, visit, rep, rival):
    prepared(factories.make_visit(rep), rep, 月額の費用=rival)

    assert sort(browser, visit, ["月額の費用"]) == {"月額の費用": "競合"}


def test_what_others_called_it_elsewhere_is_not_proposed(browser, visit, colleague, rival):
    prepared(factories.make_visit(colleague), colleague, 月額の費用=rival)

    assert sort(browser, visit, ["月額の費用"]) == {"月額の費用": "価格"}


def test_a_retired_kind_is_not_proposed(browser, visit, price, admin):
    operations.retire_issue_kind(price, by=admin, at=timezone.now())

    assert sort(browser, visit, ["月額の費用"]) == {"月額の費用": ""}


def test_what_was_tapped_stays_while_the_line_is_written_on(browser, visit, price, rival):
    tapped = {"kinds:月額": str(rival.pk), "proposed:月額": ""}
    untouched = {"kinds:費用": str(price.pk), "proposed:費用": str(price.pk)}

    assert sort(browser, visit, ["月額の費用"], **tapped) == {"月額の費用": "競合"}
    assert sort(browser, visit, ["他社の安さ"], **untouched) == {"他社の安さ": "競合"}


def test_what_was_taken_away_is_not_proposed_again(browser, visit, price):
    taken = {"kinds:費用": "", "proposed:費用": str(price.pk)}

    assert sort(browser, visit, ["費用"], **taken) == {"費用": ""}


def test_a_look_at_the_kinds_asks_who_looks(logged_in, colleague, visit):
    address = reverse("activities:sort-issues", args=[visit.pk])

    assert logged_in(colleague).post(address, {"issues": "費用"}).status_code == 403


@pytest.mark.parametrize("lines", ["前\x00後", "\n".join(map(str, range(40))), "長" * 3000])
def test_whatever_stands_there_is_sorted_without_a_fault(browser, visit, lines):
    address = reverse("activities:sort-issues", args=[visit.pk])

    assert browser.post(address, {"issues": lines}).status_code == 200


def save(browser, visit, *lines: str, **sent):
    return browser.post(
        reverse("activities:prepare", args=[visit.pk]),
        {"goal": "目的", "issues": "\n".join(lines), "version": getattr(visit, "version_read", 0), **sent},
    )


def test_kinds_are_saved_as_the_page_showed_them_and_none_is_demanded(browser, visit, price):
    save(browser, visit, "費用", "天気", **{"kinds:費用": str(price.pk)})

    assert sorted_as(visit) == {"費用": "価格", "天気": ""}


def test_a_line_reworded_just_before_saving_keeps_its_kind(browser, visit, price):
    save(browser, visit, "月額の費用", **{"kinds:費用": str(price.pk)})

    assert sorted_as(visit) == {"月額の費用": "価格"}


def test_a_kind_can_be_taken_away_again(browser, visit, rep, price):
    prepared(visit, rep, 費用=price)

    visit.version_read = 1
    save(browser, visit, "費用", **{"kinds:費用": ""})

    assert sorted_as(visit) == {"費用": ""}


def test_saving_without_the_kinds_leaves_them(browser, visit, rep, price):
    prepared(visit, rep, 費用=price)

    visit.version_read = 1
    save(browser, visit, "費用", "天気")

    assert sorted_as(visit) == {"費用": "価格", "天気": ""}


def test_a_kind_that_is_not_offered_is_refused(browser, visit, price):
    operations.retire_issue_kind(price, by=SYSTEM, at=timezone.now())

    for unknown in (str(price.pk), "no-id"):
        response = save(browser, visit, "費用", **{"kinds:費用": unknown})
        assert list(response.context["form"].errors) == ["kinds"]
    assert not ExpectedIssue.objects.exists()


def test_a_retired_kind_can_stay_where_it_is(browser, visit, rep, price):
    prepared(visit, rep, 費用=price)
    operations.retire_issue_kind(price, by=SYSTEM, at=timezone.now())

    visit.version_read = 1
    save(browser, visit, "費用", **{"kinds:費用": str(price.pk)})

    assert sorted_as(visit) == {"費用": "価格"}


@pytest.mark.parametrize("count", [1, 3])
def test_sorting_costs_the_same_however_many_lines(browser, visit, rep, count, django_assert_num_queries):
    lines = [f"費用{n}" for n in range(count)]
    for line in lines:
        prepared(factories.make_visit(rep), rep, **{line: None})

    with django_assert_num_queries(10):
        sort(browser, visit, lines)


# ── what a report gives back ───────────────────────────────────────────────────────────────────────


def met(rep, turnouts: list[str], kind, *, days_ago: int = 1):
    """A done visit of the rep whose issues of that kind came to this."""
    visit = factories.make_visit(rep, starts_at=timezone.now() - timedelta(days=days_ago))
    prepared(visit, rep, **{f"課題{n}": kind for n in range(len(turnouts))})
    told = {issue.pk: (turnout, "") for issue, turnout in zip(visit.issues.all(), turnouts, strict=True)}
    operations.report_visit(visit, progress="same", turnouts=told, by=rep, at=timezone.now())


def report(browser, visit, **turnouts) -> str:
    address = reverse("activities:report", args=[visit.pk])
    given = {"progress": "same", "version": 0} | turnouts
    shown = browser.post(address, given, follow=True).context["messages"]
    return "\n".join(str(message) for message in shown)


def test_a_report_tells_how_the_kind_has_come_of_late(browser, visit, rep, price, rival):
    met(rep, ["different"] * 4, price, days_ago=9)  # the oldest two are beyond the latest twelve
    met(rep, ["as_expected"] * 8 + ["did_not_come_up"], price)
    prepared(visit, rep, 費用=price, 他社=rival)

    said = report(browser, visit, turnout_0="as_expected", turnout_1="as_expected")

    summary = reverse("reviews:expectations", query={"kind": price.pk})
    assert said.endswith(f'<a href="{summary}">価格は直近12件のうち9件が想定通りです。</a>')


def test_the_kind_that_differed_is_told_before_others(browser, visit, rep, price, rival):
    met(rep, ["as_expected"] * 3, price)
    met(rep, ["different"] * 2, rival)
    prepared(visit, rep, 費用=price, 他社=rival)

    said = report(browser, visit, turnout_0="as_expected", turnout_1="different", how_1="内製だった")

    assert "競合は直近3件のうち0件が想定通りです。" in said


def test_a_kinds_name_is_no_markup(browser, visit, rep, price):
    operations.change_issue_kind(price, label="<b>価格", by=SYSTEM, at=timezone.now())
    met(rep, ["as_expected"] * 3, price)
    prepared(visit, rep, 費用=price)

    assert ">&lt;b&gt;価格は直近4件" in report(browser, visit, turnout_0="as_expected")


def test_of_two_issues_nothing_is_told(browser, visit, rep, price):
    met(rep, ["as_expected"], price)
    prepared(visit, rep, 費用=price)

    assert "直近" not in report(browser, visit, turnout_0="as_expected")


def test_the_visit_shows_the_kinds_of_its_issues(browser, visit, rep, price):
    prepared(visit, rep, 費用=price)

    assert '<span class="tag line">価格</span>' in browser.get(visit.get_absolute_url()).content.decode()
