"""What tests of the import share: by command, by page, and taken away again."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.accounts.vocabulary import Role
from apps.integrations.imports import undoing, working
from apps.integrations.models import Import
from tests.factories import make_user


@dataclass
class Outcome:
    """`said`: the first line; `more`: the remarks; `code`: as the shell gets it; `result`: line and reason."""

    said: str
    more: list[str]
    code: int
    sentence: str
    result: list[tuple[int, str]]


class Importer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        kind: str,
        rows,
        *,
        mapping: str | Path = "",
        encoding: str = "utf-8",
        tenant: str = "alpha",
        **options,
    ) -> Outcome:
        """Import rows (a header first), text, or a file that is there; `mapping`: its text, or where it lies."""
        if isinstance(mapping, Path):
            options["mapping"] = mapping
        elif mapping:
            path = self.folder / "mapping.toml"
            path.write_text(mapping, encoding="utf-8")
            options["mapping"] = path
        result = self.folder / "result.csv"
        code, sentence, out = 0, "", io.StringIO()
        try:
            with schema_context("public"):  # where commands begin
                call_command(
                    "import_records",
                    self.file(rows, encoding),
                    tenant=tenant,
                    kind=kind,
                    result=result,
                    stdout=out,
                    **options,
                )
        except CommandError as error:
            code, sentence = error.returncode, str(error)
        said = out.getvalue().splitlines() or [""]
        return Outcome(said[0], said[1:], code, sentence, read(result) if result.exists() else [])

    def file(self, rows, encoding: str) -> Path:
        if isinstance(rows, Path):
            return rows
        path = self.folder / "rows.csv"
        if isinstance(rows, str):
            path.write_bytes(rows.encode(encoding))
            return path
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def book(self, rows) -> Path:
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(row)
        workbook.save(self.folder / "rows.xlsx")
        return self.folder / "rows.xlsx"


def read(result: Path) -> list[tuple[int, str]]:
    with result.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    return [(int(row[0]), row[1]) for row in rows] if header[:2] == ["行", "理由"] else []


def counted(added=0, changed=0, same=0, refused=0, skipped=0) -> str:
    """How the command says these counts, without the kind and the total."""
    return f"追加 {added}、変更 {changed}、同じ {same}、取り込めず {refused}、対象外 {skipped}"


# ── by page ────────────────────────────────────────────────────────────────────────────────────────

HEADER = ["会社名", "電話", "メモ"]
ROWS = [["青葉フーズ株式会社", "03-1111-2222", "展示会"], ["北浜精機株式会社", "06-1111-2222", ""]]


def file(rows, name="顧客.csv") -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode())


def url(name: str, import_: Import) -> str:
    return reverse(f"integrations:{name}", args=[import_.pk])


def at_work(import_: Import) -> Import:
    """What the worker does until nothing is left."""
    while working.work(str(import_.pk)):
        pass
    import_.refresh_from_db()
    return import_


def checked(browser, import_: Import, **chosen) -> Import:
    """Through the columns to the trial, as proposed unless chosen otherwise."""
    fields = {
        number: name
        for name, said in import_.mapping["columns"].items()
        for number in (said if isinstance(said, list) else [said])
    }
    sent = {f"column-{n}": fields.get(n, "-") for n in range(1, len(import_.sample[0]) + 1)}
    browser.post(url("map-import", import_), sent | {"same": import_.same} | chosen)
    return at_work(import_)


def brought_in(browser, import_: Import, **chosen) -> Import:
    checked(browser, import_, **chosen)
    browser.post(url("start-import", import_))
    return at_work(import_)


# ── undone ─────────────────────────────────────────────────────────────────────────────────────────

COMPANIES = [["external_id", "name", "phone"], ["1", "青葉フーズ", "03-1"], ["2", "山田商店", "03-2"]]

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
