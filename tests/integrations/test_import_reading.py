"""Files of all kinds: read right, or refused with a sentence; never a crash."""

import codecs
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.integrations.imports.reading import BadFile, opened

TORTURE = Path(__file__).resolve().parents[3] / "shared" / "data" / "csv_torture"
VALID = sorted(path.relative_to(TORTURE).as_posix() for path in TORTURE.glob("*/json/*.json"))
BROKEN = sorted(path.relative_to(TORTURE).as_posix() for path in TORTURE.glob("*/csv/bad-*.csv"))
NEEDS_TORTURE = pytest.mark.skipif(not TORTURE.exists(), reason="../shared/data/csv_torture is not here")

# In these two the expectation and the file disagree at the source: another phone number, LF for CRLF.
CORRECTED = {
    "csv-spectrum/json/location_coordinates.json": ("1234567890", "2095257564"),
    "csv-spectrum/json/newlines_crlf.json": ("\\r\\n", "\\n"),
}


def lines_of(path: Path, **how):
    return list(opened(path, **how).lines)


def written(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def values_of(path: Path, **how):
    return [line.values for line in lines_of(path, **how)]


# ── csv_torture ────────────────────────────────────────────────────────────────────────────────────


@NEEDS_TORTURE
@pytest.mark.parametrize("expected", VALID)
def test_a_valid_torture_file_reads_as_its_json_says(expected):
    said = (TORTURE / expected).read_text(encoding="utf-8")
    said = json.loads(said.replace(*CORRECTED.get(expected, ("", ""))))
    folder = "csvs" if expected.startswith("csv-spectrum") else "csv"
    file = (TORTURE / expected).parent.parent / folder / Path(expected).with_suffix(".csv").name

    lines = lines_of(file)

    assert [line.fault for line in lines] == [""] * len(lines)
    assert shaped_as(said, [list(line.values) for line in lines]) == said


def shaped_as(said, rows):
    """The rows as lists or, under their header, as dicts: however the expectation has them."""
    if isinstance(said, dict):
        return dict(zip(rows[0], rows[1], strict=True))
    if said and isinstance(said[0], list):
        return rows
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@NEEDS_TORTURE
@pytest.mark.parametrize(
    "file", [file for file in BROKEN if not file.endswith(("wrong-header.csv", "no-header.csv"))]
)
def test_a_broken_torture_file_is_refused_or_reported(file):
    lines = lines_of(TORTURE / file)

    assert [bool(line.fault or line.notice) for line in lines] == [False, True]


@NEEDS_TORTURE
def test_an_empty_torture_file_is_refused():
    with pytest.raises(BadFile, match="ファイルが空です。"):
        opened(TORTURE / "sineemore/csv/bad-header-no-header.csv")


# ── encodings ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_three_encodings_are_told_apart(tmp_path, encoding):
    path = written(tmp_path, "会社名,よみ\r\n㈱髙﨑商店,ﾀｶｻｷ\r\n", encoding)

    assert values_of(path) == [("会社名", "よみ"), ("㈱髙﨑商店", "ﾀｶｻｷ")]


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("utf-16", "文字コードが UTF-16 です。UTF-8 で保存し直してください。"),
        ("euc-jp", "文字コードが EUC-JP です。UTF-8 で保存し直してください。"),
        ("iso-2022-jp", "文字コードが ISO-2022-JP(JIS)です。UTF-8 で保存し直してください。"),
    ],
)
def test_another_encoding_is_refused_by_its_name(tmp_path, encoding, sentence):
    path = written(tmp_path, "name,kana\n株式会社山田の商店,やまだ\n", encoding)

    with pytest.raises(BadFile) as refusal:
        opened(path)

    assert str(refusal.value) == sentence


def test_a_broken_character_in_utf8_is_named_by_its_line(tmp_path):
    good = "株式会社山田商店と会社\n" * 3
    path = written(tmp_path, good.encode() + b"\xe6\xa0\xff\n")

    with pytest.raises(BadFile, match="4行目に壊れた文字"):
        opened(path)


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03binary", b"\xff\xff\xff\xff\xff", b"\x80\xfd\xfe\n"])
def test_what_is_no_text_is_refused(tmp_path, content):
    with pytest.raises(BadFile):
        opened(written(tmp_path, content))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadFile, match="ファイルを開けません"):
        opened(tmp_path / "none.csv")


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(
    content=st.binary(max_size=300) | st.text(alphabet='a,";\t\r\n\ufeff\x00会', max_size=60).map(str.encode)
)
def test_whatever_the_bytes_are_there_are_lines_or_a_sentence(tmp_path, content):
    path = written(tmp_path, content)
    try:
        numbers = [line.number for line in lines_of(path)]
    except BadFile as refusal:
        numbers = [len(str(refusal))]

    assert numbers == sorted(set(numbers))
    assert bool(numbers) != (content == codecs.BOM_UTF8)


# ── records ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_outside_quotes(tmp_path, delimiter):
    path = written(tmp_path, f'"a,;\tb"{delimiter}c\n1{delimiter}2\n')

    assert values_of(path) == [("a,;\tb", "c"), ("1", "2")]


def test_lines_are_those_of_the_file_across_quoted_line_ends(tmp_path):
    path = written(tmp_path, 'a,b\r\n1,"two\r\nlines\r\n"\r\n3,4\r\n')

    assert [line.number for line in lines_of(path)] == [1, 2, 5]


def test_a_quote_left_open_costs_its_own_row_only(tmp_path):
    path = written(tmp_path, 'a,b\n1,"open\n2,"well"\n3,plain\n')

    lines = lines_of(path)

    assert [(line.number, line.values, bool(line.fault)) for line in lines] == [
        (1, ("a", "b"), False),
        (2, ("1", '"open'), True),
        (3, ("2", "well"), False),
        (4, ("3", "plain"), False),
    ]


def test_a_quote_left_open_before_a_long_rest_costs_its_own_row_only(tmp_path):
    path = written(tmp_path, 'a,b\n1,"open\n' + "2,plain\n" * 100_000)

    lines = lines_of(path)

    assert len(lines) == 100_002
    assert [line.number for line in lines if line.fault] == [2]


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path):
    with pytest.raises(BadFile, match="1行目が長すぎます"):
        lines_of(written(tmp_path, "x" * 3_000_000))


# ── workbooks ──────────────────────────────────────────────────────────────────────────────────────


def book(tmp_path: Path, rows, title: str = "Sheet") -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    workbook.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def with_part(path: Path, name: str, content: str) -> Path:
    """The book with one part replaced."""
    hostile = path.with_name("hostile.xlsx")
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            target.writestr(part, content if part == name else source.read(part))
    return hostile


SHEET = "xl/worksheets/sheet1.xml"
SHEET_XML = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'
)


def test_a_workbook_reads_like_a_csv(tmp_path):
    path = book(
        tmp_path,
        [
            ["会社名", "金額", "日付", "日時", "率"],
            ["山田", 1200, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), 0.5],  # noqa: DTZ001 - cells have no zone
            ["x", 3.0, None, None, True],
        ],
    )

    assert values_of(path) == [
        ("会社名", "金額", "日付", "日時", "率"),
        ("山田", "1200", "2026-01-02 00:00:00", "2026-01-02 03:04:00", "0.5"),
        ("x", "3", "", "", "true"),
    ]


def test_a_sheet_is_found_by_its_name(tmp_path):
    path = book(tmp_path, [["a"]], title="案件")

    assert values_of(path, sheet="案件") == [("a",)]
    with pytest.raises(BadFile, match="シート「別」がありません"):
        opened(path, sheet="別")


@pytest.mark.parametrize("name", ["xl/workbook.xml", SHEET])
def test_a_book_that_declares_entities_is_refused(tmp_path, name):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'

    with pytest.raises(BadFile, match="DOCTYPE"):
        opened(with_part(book(tmp_path, [["a"]]), name, bomb))


def test_a_book_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("apps.integrations.imports.workbooks.MOST_BYTES", 1_000_000)
    rows = "<row><c><v>1</v></c></row>" * 50_000

    with pytest.raises(BadFile, match="大きすぎます"):
        opened(with_part(book(tmp_path, [["a"]]), SHEET, SHEET_XML.format(rows=rows)))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>77</v></c></row>',
        '<row r="1"><c r="A1" t="n"><v>no number</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
    ],
    ids=["row far away", "column far away", "string that is not there", "no number", "not closed"],
)
def test_a_hostile_sheet_is_refused_with_a_sentence(tmp_path, rows, monkeypatch):
    monkeypatch.setattr("apps.integrations.imports.workbooks.MOST_ROWS", 10_000)
    path = with_part(book(tmp_path, [["a"]]), SHEET, SHEET_XML.format(rows=rows))

    with pytest.raises(BadFile):
        lines_of(path)


def test_a_lie_about_the_dimension_costs_nothing(tmp_path):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'

    assert values_of(with_part(book(tmp_path, [["a"]]), SHEET, SHEET_XML.format(rows=rows))) == [("1",)]


@pytest.mark.parametrize("content", [b"PK\x03\x04 but nothing more", b"\xd0\xcf\x11\xe0 an old book"])
def test_what_only_looks_like_a_book_is_refused(tmp_path, content):
    with pytest.raises(BadFile):
        opened(written(tmp_path, content))
