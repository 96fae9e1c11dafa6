"""What tests of the import share: write a file, run the command, read what it says."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context


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
