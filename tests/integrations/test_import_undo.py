"""A whole import is taken away: every table as before, once, in its order, within its time."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from apps.customers.models import Company
from apps.integrations import operations
from apps.integrations.imports import undoing, working
from apps.integrations.models import Import
from apps.integrations.vocabulary import State
from apps.journal.models import Entry
from tests.factories import make_company
from tests.integrations.imports import COMPANIES, EVERY_KIND, content

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "docs" / "import"
NEEDS_DATA = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here")

pytestmark = pytest.mark.django_db


# ── every table as before ──────────────────────────────────────────────────────────────────────────


def test_what_an_import_added_is_gone_afterwards(imports):
    make_company("前からの会社")
    before = content()

    undone = imports.undo(imports("companies", COMPANIES))

    assert undone == undoing.Undone(removed=2, restored=0, kept=0)
    assert content() == before


def test_what_an_import_changed_is_as_it_was(imports):
    imports("companies", COMPANIES)
    before = content()

    second = imports(
        "companies", [["external_id", "name", "note"], ["1", "青葉フーズ(株)", "x"], ["3", "新", ""]]
    )
    undone = imports.undo(second)

    assert undone == undoing.Undone(removed=1, restored=1, kept=0)
    assert content() == before


def test_imports_of_every_kind_are_undone_one_after_another(imports):
    at_each = []
    for kind, rows in EVERY_KIND:
        at_each.append(content())
        import_ = imports(kind, rows)
        assert (kind, imports.outcome.code) == (kind, 0)
        at_each[-1] = (import_, at_each[-1], content())

    for import_, before, after in reversed(at_each):
        assert content() == after
        imports.undo(import_)
        assert content() == before


def test_a_second_run_that_changes_every_kind_is_undone(imports):
    for kind, rows in EVERY_KIND:
        imports(kind, rows)
    changed = [
        ("users", [["external_id", "name", "roles", "team"], ["u1", "佐藤 はな", "manager", "二課"]]),
        ("companies", [["external_id", "name"], ["c1", "青葉フーズ(株)"]]),
        ("contacts", [["external_id", "company", "name", "title"], ["k1", "青葉フーズ(株)", "小野", "部長"]]),
        ("deals", [["external_id", "company", "amount", "outcome", "closed"], ["d1", "青葉フーズ(株)", "70000", "won", "2026-04-01"]]),
        ("visits", [["external_id", "company", "starts_at"], ["v1", "青葉フーズ", "2026-02-04 10:00"]]),
        ("goals", [["rep", "month", "sales", "orders"], ["佐藤 花子", "2026-02", "2", "3"]]),
    ]  # fmt: skip
    for kind, rows in changed:
        before = content()
        import_ = imports(kind, rows)
        assert (kind, imports.outcome.code) == (kind, 0)
        assert content() != before
        imports.undo(import_)
        assert content() == before, kind


# ── order, once, in time ───────────────────────────────────────────────────────────────────────────


def test_an_import_that_another_stands_on_waits_for_it(imports):
    first = imports("companies", COMPANIES)
    later = imports("deals", [["external_id", "company"], ["1", "青葉フーズ"]])

    with pytest.raises(undoing.CannotUndo) as refusal:
        imports.undo(first)
    imports.undo(later)
    imports.undo(first)

    assert str(refusal.value) == (
        "あとの取り込み「deals.csv」が、この取り込みの記録の上に立っています。先にそちらを取り消してください。"
    )
    assert Company.objects.count() == 0


def test_an_import_whose_rows_another_changed_waits_for_it(imports):
    first = imports("companies", COMPANIES)
    later = imports("companies", [["external_id", "name"], ["1", "青葉フーズ(株)"]])

    with pytest.raises(undoing.CannotUndo, match="companies"):
        imports.undo(first)
    imports.undo(later)

    assert imports.undo(first).removed == 2


def test_the_same_file_again_does_not_stand_in_the_way(imports):
    first = imports("companies", COMPANIES)
    again = imports("companies", COMPANIES)

    assert again is None
    assert imports.undo(first).removed == 2


def test_an_import_is_undone_once(imports):
    import_ = imports("companies", COMPANIES)
    imports.undo(import_)

    with pytest.raises(undoing.CannotUndo, match="もう取り消しています"):
        imports.undo(import_)


def test_an_import_is_undone_within_seven_days(imports):
    import_ = imports("companies", COMPANIES)

    with pytest.raises(undoing.CannotUndo, match="7日を過ぎた"):
        imports.undo(import_, at=import_.ended_at + timedelta(days=7, seconds=1))

    assert imports.undo(import_, at=import_.ended_at + timedelta(days=7)).removed == 2


@pytest.mark.parametrize("state", [State.READING, State.MAPPING, State.CHECKED])
def test_an_import_that_has_not_ended_is_not_undone(imports, state):
    import_ = imports("companies", COMPANIES)
    Import.objects.filter(pk=import_.pk).update(state=state)

    with pytest.raises(undoing.CannotUndo, match="終わっていない"):
        imports.undo(import_)


def test_only_who_may_import_may_undo(imports, rep):
    from apps.base.refusal import Forbidden

    with pytest.raises(Forbidden):
        imports.undo(imports("companies", COMPANIES), by=rep)


def test_what_others_do_meanwhile_is_not_taken_for_the_imports(imports):
    import_ = imports("companies", COMPANIES)
    make_company("人が作った会社")

    imports.undo(import_)

    assert list(Company.objects.values_list("name", flat=True)) == ["人が作った会社"]


# ── in the background ──────────────────────────────────────────────────────────────────────────────


def test_a_worker_takes_away_what_a_person_asked_to_undo(imports):
    import_ = imports("companies", COMPANIES)

    operations.undo_import(import_, by=imports.admin, at=timezone.now())
    assert Import.objects.get().state == State.UNDOING
    for _twice in range(2):
        assert working.work(str(import_.pk)) is False

    assert Import.objects.get().state == State.UNDONE
    assert Company.objects.count() == 0
    assert (
        Entry.objects.filter(event="import.undone").values_list("actor_id", flat=True).get()
        == imports.admin.pk
    )


def test_what_cannot_be_undone_is_refused_to_the_person_who_asks(imports):
    first = imports("companies", COMPANIES)
    imports("deals", [["external_id", "company"], ["1", "青葉フーズ"]])

    with pytest.raises(undoing.CannotUndo, match="deals"):
        operations.undo_import(first, by=imports.admin, at=timezone.now())


def test_what_cannot_be_undone_any_more_stands_as_it_stood_and_says_why(imports):
    first = imports("companies", COMPANIES)
    operations.undo_import(first, by=imports.admin, at=timezone.now())
    imports("deals", [["external_id", "company"], ["1", "青葉フーズ"]])

    working.work(str(first.pk))

    first.refresh_from_db()
    assert (first.state, "deals.csv" in first.reason) == (State.DONE, True)
    assert Company.objects.count() == 2


def test_a_worker_that_dies_leaves_everything_and_the_next_one_finishes(imports, monkeypatch):
    import_ = imports("companies", COMPANIES)
    operations.undo_import(import_, by=imports.admin, at=timezone.now())
    before = content()

    def dies(*_given, **_how):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(undoing, "note", dies)  # the last thing it does
        with pytest.raises(KeyboardInterrupt):
            working.work(str(import_.pk))
    assert content() == before

    working.work(str(import_.pk))
    assert Company.objects.count() == 0


def test_a_command_that_was_killed_in_the_middle_can_be_undone(imports):
    import_ = imports("companies", COMPANIES)
    Import.objects.filter(pk=import_.pk).update(state=State.RUNNING, ended_at=None)

    assert imports.undo(import_).removed == 2


# ── real files ─────────────────────────────────────────────────────────────────────────────────────


@NEEDS_DATA
def test_every_large_office_of_japan_is_taken_away_again(imports):
    make_company("前からの会社")
    before = content()

    import_ = imports(
        "companies", DATA / "jp_business_names/JIGYOSYO.CSV", mapping=MAPPINGS / "jigyosyo.toml"
    )
    undone = imports.undo(import_)

    assert undone == undoing.Undone(removed=22_416, restored=0, kept=0)
    assert content() == before


@NEEDS_DATA
def test_maven_with_its_users_is_taken_away_again(imports):
    before = content()

    loaded = [
        imports(kind, DATA / "maven_crm" / f"{file}.csv", mapping=MAPPINGS / f"maven-{by}.toml")
        for kind, file, by in (("users", "sales_teams", "users"), ("companies", "accounts", "accounts"), ("deals", "sales_pipeline", "deals"))
    ]  # fmt: skip
    with pytest.raises(undoing.CannotUndo, match="deals"):
        imports.undo(loaded[0])
    undone = [imports.undo(import_) for import_ in reversed(loaded)]

    assert [one.kept for one in undone] == [0, 0, 0]
    assert undone[0].removed == 8_800 + 1 + 1  # the customer nobody knows, the reason nobody gave
    assert content() == before
