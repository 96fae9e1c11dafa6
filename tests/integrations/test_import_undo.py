"""A whole import is taken away: every table as before, but for what people have built on since."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from apps.accounts.vocabulary import Role
from apps.customers import operations as customers
from apps.customers.models import Company
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.integrations import operations
from apps.integrations.imports import undoing, working
from apps.integrations.models import Import
from apps.integrations.vocabulary import State
from apps.journal.models import Entry
from tests.factories import make_comment, make_company, make_contact, make_deal, make_follow, make_user
from tests.integrations.imports import Importer

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "docs" / "import"
NEEDS_DATA = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here")

pytestmark = pytest.mark.django_db


class Imports:
    """Files that come in as imports that can be undone."""

    def __init__(self, folder):
        self.importer = Importer(folder)
        self.admin = make_user(Role.ADMIN)

    def __call__(self, kind, rows, **how) -> Import | None:
        """None where the import wrote nothing."""
        known = set(Import.objects.values_list("pk", flat=True))
        self.outcome = self.importer(kind, rows, **how)
        new = Import.objects.exclude(pk__in=known)
        new.update(file_name=f"{kind}.csv")
        return new.first()

    def undo(self, import_, **how):
        return undoing.undo(import_, **{"by": self.admin, "at": timezone.now()} | how)


@pytest.fixture
def imports(tmp_path, db):
    return Imports(tmp_path)


LEFT_BEHIND = ("journal_", "integrations_import", "integrations_ledgerline", "django_", "mail_")
"""What tells of an import that was, and rightly stays: the journal, the import itself, mail that was sent."""
FOLDED = ("deals_dealstate", "deals_milestone")
"""Written anew whenever their deal's changes are: only their own numbers may differ."""


HISTORIES = {m._meta.db_table for m in apps.get_models() if hasattr(m, "pgh_tracked_model")}


def content():
    """How many rows each table has, and a checksum over them; histories keep what was, and are left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        names = [name for (name,) in cursor.fetchall() if not name.startswith(LEFT_BEHIND)]
        found = {}
        for name in sorted({*names} - HISTORIES):
            row = "to_jsonb(x) - 'id'" if name in FOLDED else "to_jsonb(x)"
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(md5(({row})::text), '' ORDER BY md5(({row})::text)), ''))"
                f' FROM "{name}" x'
            )
            found[name] = cursor.fetchone()
    return found


# ── every table as before ──────────────────────────────────────────────────────────────────────────

COMPANIES = [["external_id", "name", "phone"], ["1", "青葉フーズ", "03-1"], ["2", "山田商店", "03-2"]]


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


EVERY_KIND = [
    ("users", [["external_id", "name", "email", "team", "parent_team"], ["u1", "佐藤 花子", "hanako@x.example", "一課", "東部"]]),
    ("companies", [["external_id", "name"], ["c1", "青葉フーズ"]]),
    ("contacts", [["external_id", "company", "name"], ["k1", "青葉フーズ", "小野"]]),
    (
        "deals",
        [
            ["external_id", "company", "owner", "name", "amount", "outcome", "opened", "closed", "lost_reason"],
            ["d1", "青葉フーズ", "佐藤 花子", "更新", "100000", "open", "2026-01-05", "", ""],
            ["d2", "別の会社", "佐藤 花子", "新規", "5000", "lost", "2026-01-05", "2026-02-01", "予算がない"],
        ],
    ),
    ("deal-history", [["deal", "at", "plan", "amount"], ["d1", "2026-02-01", "標準", "90000"], ["d1", "2026-03-01", "", "120000"]]),
    (
        "follows",
        [
            ["company", "deal", "contact", "owner", "kind", "outcome", "happened_at"],
            ["青葉フーズ", "d1", "小野", "佐藤 花子", "call", "connected", "2026-02-02 10:00"],
        ],
    ),
    (
        "visits",
        [
            ["external_id", "company", "deal", "owner", "contacts", "starts_at"],
            ["v1", "青葉フーズ", "d1", "佐藤 花子", "小野", "2026-02-03 10:00"],
        ],
    ),
    ("goals", [["rep", "month", "sales"], ["佐藤 花子", "2026-02", "1000000"]]),
]  # fmt: skip


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


# ── what people built on stays ─────────────────────────────────────────────────────────────────────


def test_a_record_that_somebody_changed_stays_with_its_change(imports):
    import_ = imports("companies", COMPANIES)
    aoba = Company.objects.get(name="青葉フーズ")
    customers.change_company(aoba, note="大事", by=imports.admin, at=timezone.now())

    undone = imports.undo(import_)

    assert undone == undoing.Undone(removed=1, restored=0, kept=1)
    assert list(Company.objects.values_list("name", "note")) == [("青葉フーズ", "大事")]
    assert [(kept.name, kept.why) for kept in undoing.kept(import_)] == [
        ("青葉フーズ", f"{imports.admin.name}さんが取り込みのあとに変更しました")
    ]


def test_a_change_that_somebody_went_on_with_is_not_turned_back(imports):
    imports("companies", COMPANIES)
    second = imports("companies", [["external_id", "name", "note"], ["1", "青葉フーズ", "x"]])
    aoba = Company.objects.get(name="青葉フーズ")
    customers.change_company(aoba, note="y", by=imports.admin, at=timezone.now())

    assert imports.undo(second) == undoing.Undone(removed=0, restored=0, kept=1)
    assert Company.objects.get(name="青葉フーズ").note == "y"


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (lambda company, rep: make_deal(rep, company=company), "案件があります"),
        (lambda company, rep: make_follow(rep, company=company), "フォローがあります"),
        (lambda company, rep: make_contact(company), "担当者があります"),
        (lambda company, rep: make_comment(company, by=rep), "コメントがあります"),
    ],
    ids=["deal", "follow", "contact", "comment"],
)
def test_a_company_that_people_work_with_stays(imports, rep, build, why):
    import_ = imports("companies", COMPANIES)
    build(Company.objects.get(name="青葉フーズ"), rep)

    undone = imports.undo(import_)

    assert (undone.removed, undone.kept) == (1, 1)
    assert [(kept.name, kept.why) for kept in undoing.kept(import_)] == [("青葉フーズ", why)]


def test_what_stays_keeps_what_it_needs_of_the_same_import(imports, rep):
    import_ = imports(
        "deals",
        [["external_id", "company", "plan", "amount"], ["1", "青葉", "標準", "5"], ["2", "山田", "", ""]],
    )
    kept = Deal.objects.get(external_id="1")
    make_follow(rep, company=kept.company, deal=kept)

    undone = imports.undo(import_)

    assert (undone.removed, undone.kept) == (2, 2)
    assert [(d.company.name, d.plan, d.changes.count(), d.states.count()) for d in Deal.objects.all()] == [
        ("青葉", "標準", 1, 1)
    ]


def test_history_of_a_deal_that_went_on_stays_whole(imports, rep):
    deal = make_deal(rep, source="import", external_id="d1", opened=timezone.now() - timedelta(days=90))
    first = timezone.localdate() - timedelta(days=60)
    import_ = imports("deal-history", [["deal", "at", "plan"], ["d1", str(first), "標準"]])
    deals.change_deal(Deal.objects.get(pk=deal.pk), amount=500, by=imports.admin, at=timezone.now())

    assert imports.undo(import_).kept == 1
    assert [change.fields.get("plan") for change in deal.changes.order_by("at")] == [None, "標準", None]


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
