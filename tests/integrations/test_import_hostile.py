"""Files that mean ill, or were written by nobody who cared, from the first page to the trial: read, or refused in words."""

import html
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.base.models import new_id
from apps.customers.models import Company
from apps.integrations.imports import delimited, workbooks, working
from apps.integrations.models import Import
from apps.integrations.vocabulary import State
from tests import factories
from tests.integrations.imports import HEADER, ROWS, at_work, url

ROOT = Path(__file__).resolve().parents[2]
TORTURE = ROOT.parent / "shared" / "data" / "csv_torture"


def uploaded(browser, content: bytes, name: str) -> tuple[Import | None, str]:
    """What the worker made of it, and the page that a person sees then."""
    sent = {"file": SimpleUploadedFile(name, content), "key": str(new_id())}
    response = browser.post(reverse("integrations:imports"), sent)
    import_ = Import.objects.order_by("-created_at").first()
    if import_ is None:
        return None, response.text
    return at_work(import_), browser.get(import_.get_absolute_url()).text


def tried(browser, import_: Import) -> Import:
    """With the first column as the name of a company, to the trial."""
    layout = {name: getattr(import_, name) for name in ("encoding", "delimiter", "sheet")}
    header = {"header": "on"} if import_.header else {}
    browser.post(url("read-import", import_), {"kind": "companies"} | layout | header)
    columns = {f"column-{n}": "-" for n in range(2, len(import_.sample[0]) + 1)}
    browser.post(url("map-import", import_), {"column-1": "name", **columns, "same": "fill"})
    return at_work(import_)


# ── csv_torture ────────────────────────────────────────────────────────────────────────────────────

TORTURED = {
    "csv-spectrum/csvs/comma_in_quotes.csv": ("first,last,address,city,zip", 1, ""),
    "csv-spectrum/csvs/empty.csv": ("a,b,c", 2, ""),
    "csv-spectrum/csvs/empty_crlf.csv": ("a,b,c", 2, ""),
    "csv-spectrum/csvs/escaped_quotes.csv": ("a,b", 2, ""),
    "csv-spectrum/csvs/json.csv": ("key,val", 1, ""),
    "csv-spectrum/csvs/location_coordinates.csv": ("Contact Phone Number,Location Coordinates,Cities,Counties", 1, ""),
    "csv-spectrum/csvs/newlines.csv": ("a,b,c", 3, ""),
    "csv-spectrum/csvs/newlines_crlf.csv": ("a,b,c", 3, ""),
    "csv-spectrum/csvs/quotes_and_newlines.csv": ("a,b", 2, ""),
    "csv-spectrum/csvs/simple.csv": ("a,b,c", 1, ""),
    "csv-spectrum/csvs/simple_crlf.csv": ("a,b,c", 1, ""),
    "csv-spectrum/csvs/utf8.csv": ("a,b,c", 2, ""),
    "sineemore/csv/all-empty.csv": ("", 0, "ファイルが空です。"),
    "sineemore/csv/bad-header-less-fields.csv": ("foo,bar,baz", 0, '列の数が違います(見出しは3列、この行は2列)。'),
    "sineemore/csv/bad-header-more-fields.csv": ("foo,bar,baz", 0, '列の数が違います(見出しは3列、この行は4列)。'),
    "sineemore/csv/bad-header-no-header.csv": ("", 0, "ファイルが空です。"),
    "sineemore/csv/bad-header-wrong-header.csv": ("qux,quux,quuz", 0, ""),
    "sineemore/csv/bad-missing-quote.csv": ("foo,bar,baz", 0, '引用符(")が閉じていません。'),
    "sineemore/csv/bad-quotes-with-unescaped-quote.csv": ("foo,bar,baz", 0, '引用符(")で囲んだ値の中の引用符は、"" と2つ重ねてください。'),
    "sineemore/csv/bad-unescaped-quote.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/empty-field.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/empty-one-column.csv": ("foo", 0, ""),
    "sineemore/csv/header-no-rows.csv": ("foo,bar,baz", 0, ""),
    "sineemore/csv/header-simple.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/leading-space.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/one-column.csv": ("foo", 1, ""),
    "sineemore/csv/quotes-empty.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/quotes-with-comma.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/quotes-with-escaped-quote.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/quotes-with-newline.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/quotes-with-space.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/simple-crlf.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/simple-lf.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/trailing-newline-one-field.csv": ("foo", 1, ""),
    "sineemore/csv/trailing-newline.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/trailing-space.csv": ("foo,bar,baz", 1, ""),
    "sineemore/csv/utf8.csv": ("foo,bar,baz", 1, ""),
}  # fmt: skip
"""Header, rows that would go in, and why one would not; a row that is blank counts as none."""


@pytest.mark.skipif(not TORTURE.exists(), reason="../shared/data/csv_torture is not here")
@pytest.mark.parametrize("name", TORTURED)
def test_a_torture_file_is_read_or_refused_in_words(browser, name):
    header, rows, why = TORTURED[name]

    import_, page = uploaded(browser, (TORTURE / name).read_bytes(), "file.csv")
    if header:
        assert import_.sample[0] == header.split(",")
        tried(browser, import_)
        page = browser.get(import_.get_absolute_url()).text
        assert (import_.state, import_.checked["fates"].get("added", 0)) == (State.CHECKED, rows)

    assert why in html.unescape(page)
    assert ("取り込む行がありません" in page) == (bool(header) and not rows and not why)


@pytest.mark.skipif(not TORTURE.exists(), reason="../shared/data/csv_torture is not here")
def test_no_torture_file_is_forgotten():
    files = [path.relative_to(TORTURE).as_posix() for path in TORTURE.glob("*/csv*/*.csv")]

    assert (sorted(files), len(files)) == (sorted(TORTURED), 37)


# ── books ──────────────────────────────────────────────────────────────────────────────────────────

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
BOOK, TYPES = "xl/workbook.xml", "[Content_Types].xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><workbook>&c;</workbook>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook>&a;</workbook>'

Parts = dict[str, str | bytes]


def book(rows=(HEADER, *ROWS)) -> Parts:
    made, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(file)
    with zipfile.ZipFile(file) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def packed(parts: Parts) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_sheet(rows: str, before: str = "") -> bytes:
    return packed(book() | {SHEET: f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData></worksheet>"})


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def cell(text: str) -> str:
    return f"<c t='inlineStr'><is><t>{text}</t></is></c>"


def said_to_be_small(content: bytes, name: str) -> bytes:
    """The archive, with 100 bytes in its table of contents for the part of this name."""
    place = content.rindex(name.encode()) - 46
    return content[: place + 24] + struct.pack("<I", 100) + content[place + 28 :]


def with_many_strings() -> bytes:
    parts = book()
    part = (
        f'<Override PartName="/{STRINGS}" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    types = parts[TYPES].replace(b"</Types>", part.encode())
    return packed(parts | {TYPES: types, STRINGS: f"<sst {MAIN}>{'<si/>' * 60_000}</sst>"})


def with_macros() -> bytes:
    parts = book()
    types = parts[TYPES].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return packed(parts | {TYPES: types, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen()"})


def under_another_name() -> bytes:
    """The workbook's own part under a name that looks harmless, with entities in it."""
    parts = book()
    return packed(
        parts
        | {TYPES: parts[TYPES].replace(b"/xl/workbook.xml", b"/xl/media/a.png"), "xl/media/a.png": LAUGHS}
    )


BROKEN, TOO_LARGE, ENTITIES = (
    "ブックが壊れていて読めません",
    "ブックが大きすぎます",
    "宣言(DOCTYPE)があります",
)
NO_TEXT = "文字のファイルではない"
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (lambda: with_sheet("<row/>" * 400_000), TOO_LARGE),
    "many parts": (lambda: packed(book() | {f"xl/media/{n}.png": b"" for n in range(50)}), TOO_LARGE),
    "huge sharedStrings": (with_many_strings, TOO_LARGE),
    "huge styles": (lambda: packed(book() | {STYLES: f"<styleSheet>{'<xf/>' * 60_000}</styleSheet>"}), TOO_LARGE),
    "a row without end": (lambda: with_sheet(row("<c/>" * 300_000)), TOO_LARGE),
    "a prolog without end": (lambda: packed(book() | {BOOK: f"<!--{'x' * 90_000}--><workbook/>"}), BROKEN),
    "a size that lies": (lambda: said_to_be_small(packed(book()), STYLES), BROKEN),
    "billion laughs": (lambda: packed(book() | {BOOK: LAUGHS}), ENTITIES),
    "external entity": (lambda: packed(book() | {BOOK: OUTSIDE}), ENTITIES),
    "entities in a sheet": (lambda: packed(book() | {SHEET: LAUGHS}), ENTITIES),
    "entities in UTF-16": (lambda: packed(book() | {BOOK: LAUGHS.encode("utf-16")}), ENTITIES),
    "entities under another name": (under_another_name, ENTITIES),
    "16,384 columns": (lambda: packed(book([["x"] * 16_384])), "列が多すぎます"),
    "301 columns": (lambda: packed(book([["x"] * 301])), "列が多すぎます"),
    "encrypted": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "パスワード付き"),
    "a document": (lambda: packed({"word/document.xml": "<document/>"}), BROKEN),
    "half a book": (lambda: packed(book())[:2_000], BROKEN),
    "NULs": (lambda: b"\x00" * 4_000, NO_TEXT),
    "NUL in a CSV": (lambda: "会社名,電話\n青葉\x00フーズ,03\n".encode(), NO_TEXT),
    "CP932 amid UTF-8": (
        lambda: "会社名,メモ\n".encode() + "株式会社青葉,展示会\n".encode() * 9 + "北浜精機,来社\n".encode("cp932"),
        "UTF-8 のファイルですが、11行目に壊れた文字があります。",
    ),
    "UTF-8 amid CP932": (
        lambda: "会社名\n北浜\n".encode("cp932") + "髙橋\n".encode(),
        "UTF-8 でも CP932(Shift_JIS)でもありません",
    ),
}  # fmt: skip


@pytest.fixture
def narrow(monkeypatch):
    """Limits that a test reaches without gigabytes; what they bound is the same."""
    narrowed = {
        "PARTS": 40,
        "BYTES": 2_000_000,
        "BYTES_OF_STRINGS": 200_000,
        "BYTES_OF_PART": 200_000,
        "BYTES_OF_ROW": 800_000,
    }
    for name, most in narrowed.items():
        monkeypatch.setattr(workbooks, f"MOST_{name}", most)
    monkeypatch.setattr(workbooks._Archive, "most", 200_000)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_in_words(browser, narrow, name):
    make, why = REFUSED[name]

    import_, page = uploaded(browser, make(), "顧客.xlsx")

    assert why in html.unescape(page)
    assert import_ is None or (import_.state, import_.attempts) == (State.UNREADABLE, 0)


def test_gigabytes_in_a_small_file_are_not_unpacked(browser, monkeypatch):
    """Four sheets of 2 GB each by the table of contents: nothing is opened."""
    content = packed({f"xl/worksheets/sheet{n}.xml": b"x" for n in range(4)})
    for place in [at for at in range(len(content)) if content.startswith(b"PK\x01\x02", at)]:
        content = content[: place + 24] + struct.pack("<I", 2 << 30) + content[place + 28 :]
    opened: list[object] = []
    monkeypatch.setattr(workbooks._Archive, "open", lambda *given, **named: opened.append(given))

    _import, page = uploaded(browser, content, "顧客.xlsx")

    assert (TOO_LARGE in page, opened) == (True, [])


CALCULATED = row(cell("会社名"), cell("メモ"))
READ: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "a dimension that lies": (
        lambda: with_sheet(row(cell("会社名")) + row(cell("青葉")), '<dimension ref="A1:XFD1048576"/>'), ["青葉"],
    ),
    "formulas, by the value that was stored": (
        lambda: with_sheet(CALCULATED + row("<c t='str'><f>HYPERLINK(1)</f><v>青葉</v></c>", "<c><f>1+1</f><v>2</v></c>")),
        ["青葉", "2"],
    ),
    "formulas without a value": (lambda: with_sheet(CALCULATED + row(cell("青葉"), "<c><f>1+1</f></c>")), ["青葉", ""]),
    "macros": (with_macros, ROWS[0]),
    "names that lead out": (lambda: packed(book() | {"../../../../etc/cron.d/x": b"*", "/etc/y": b"*"}), ROWS[0]),
    "a CSV that says it is a book": (lambda: "会社名,電話\n青葉,03\n".encode(), ["青葉", "03"]),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_only_looks_hostile_is_read(browser, name):
    make, first = READ[name]

    import_, _page = uploaded(browser, make(), "顧客.xlsx")

    assert (import_.reason, import_.state, import_.sample[1]) == ("", State.MAPPING, first)
    assert tried(browser, import_).checked["fates"] == {"added": import_.rows}


# ── a quote left open, and the others ──────────────────────────────────────────────────────────────


def test_a_quote_that_is_never_closed_costs_its_row_and_no_more_than_a_record_is_held(browser, monkeypatch):
    monkeypatch.setattr(delimited, "LONGEST_RECORD", 5_000)
    held: list[int] = []
    give_back = delimited._Supply.give_back
    monkeypatch.setattr(
        delimited._Supply, "give_back", lambda supply: (held.append(supply.length), give_back(supply))
    )
    text = '会社名,メモ\n"青葉,開いたまま\n' + "".join(f"会社{n},メモ\n" for n in range(3_000))

    import_, _page = uploaded(browser, text.encode(), "顧客.csv")

    assert tried(browser, import_).checked["fates"] == {"added": 3_000, "refused": 1}
    assert import_.checked["problems"][0]["reason"] == '引用符(")が閉じていません。'
    assert max(held) < 5_000 + 20


def test_a_large_file_gives_way_after_its_slice_and_another_is_read_and_tried_meanwhile(
    browser, admin, monkeypatch
):
    large = factories.make_import(admin, rows=[HEADER, *([f"会社{n}", "", ""] for n in range(1_200))])
    tried(browser, large)
    browser.post(url("start-import", large))
    monkeypatch.setattr(working, "SLICE", -1)
    assert working.work(str(large.pk))
    monkeypatch.undo()

    small = tried(browser, factories.make_import(admin, rows=[HEADER, *ROWS]))
    browser.post(url("start-import", small))
    at_work(small)
    large.refresh_from_db()

    assert (small.state, small.counts["added"], large.state, large.done) == (
        State.DONE,
        2,
        State.RUNNING,
        500,
    )
    assert at_work(large).counts["added"] == 1_200
    assert Company.objects.count() == 1_202
