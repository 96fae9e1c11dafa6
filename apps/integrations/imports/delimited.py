"""CSV as it really comes: two encodings, three delimiters, broken quotes that must not swallow good rows."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from apps.integrations.imports.reading import BadFile, Line, Place, Table

BLOCK = 1 << 20
LONGEST_RECORD = 1 << 20
"""Characters that one record may have; an unclosed quote is given up after as many."""
SURELY_UTF8 = 10
"""With so many characters read well, a broken one is a fault of an UTF-8 file, not a sign of another encoding."""

_NOT_TEXT = re.compile("\x00")
_JIS_ESCAPE = re.compile(r"\x1b[$(]")
_NOT_CP932 = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
_EUC_AS_CP932 = re.compile("[\ue000-\uf8ff\uff64]")
"""What EUC-JP looks like when it is read as CP932: private characters, and ､ in place of every hiragana's first half."""


ENCODINGS = {"utf-8-sig": "UTF-8", "cp932": "Shift_JIS(CP932)", "euc_jp": "EUC-JP", "utf-16": "UTF-16",
             "iso2022_jp": "ISO-2022-JP"}  # fmt: skip
"""What a person may choose; without a choice only the first two are told apart and the others refused by name."""


def table(path: Path, *, encoding: str = "", delimiter: str = "") -> Table:
    text = _of(path, encoding) if encoding else _told(path)
    delimiter = delimiter or _delimiter(path, text.encoding)
    supply = _Supply()
    return Table(
        _lines(path, text.encoding, delimiter, supply),
        text.lines,
        place=supply.place,
        go_to=supply.go_to,
        encoding=text.encoding,
        delimiter=delimiter,
    )


# ── encoding ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Text:
    encoding: str
    lines: int


def _told(path: Path) -> _Text:
    """The file's encoding and number of lines, after reading it through once. Raises BadFile."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile(_("文字コードが UTF-16 です。UTF-8 で保存し直してください。"))
    try:
        return _Text("utf-8-sig", _scanned(path, "utf-8"))
    except UnicodeDecodeError:
        return _Text("cp932", _scanned_as_cp932(path))


def _of(path: Path, encoding: str) -> _Text:
    """The text as somebody says it is written. Raises BadFile where it is not."""
    lines = returns = 0
    for piece in _pieces(path, encoding):
        if isinstance(piece, UnicodeError) or _NOT_TEXT.search(piece):
            raise BadFile(
                _("%(line)d行目の近くに、%(encoding)s では読めない文字があります。")
                % {"line": max(lines, returns) + 1, "encoding": ENCODINGS.get(encoding, encoding)}
            )
        lines, returns = lines + piece.count("\n"), returns + piece.count("\r")
    return _Text(encoding, max(lines, returns))


def _scanned(path: Path, encoding: str) -> int:
    """The number of lines if the file is strictly of this encoding; UnicodeDecodeError or BadFile else."""
    lines = returns = beyond_ascii = 0
    for piece in _pieces(path, encoding):
        if isinstance(piece, UnicodeError):
            if not isinstance(piece, UnicodeDecodeError):
                raise piece
            good = piece.object[: piece.start].decode(piece.encoding, errors="ignore")
            beyond_ascii += sum(not character.isascii() for character in good)
            if encoding == "utf-8" and beyond_ascii >= SURELY_UTF8:
                line = max(lines + good.count("\n"), returns + good.count("\r")) + 1
                raise BadFile(
                    _("UTF-8 のファイルですが、%(line)d行目に壊れた文字があります。") % {"line": line}
                )
            raise piece
        if _NOT_TEXT.search(piece):
            raise BadFile(
                _("文字のファイルではないか、文字コードが UTF-16 です。UTF-8 で保存し直してください。")
            )
        if _JIS_ESCAPE.search(piece):
            raise BadFile(_("文字コードが ISO-2022-JP(JIS)です。UTF-8 で保存し直してください。"))
        lines, returns = lines + piece.count("\n"), returns + piece.count("\r")
        if not piece.isascii() and beyond_ascii < SURELY_UTF8:
            beyond_ascii += sum(not character.isascii() for character in piece)
    return max(lines, returns)


def _pieces(path: Path, encoding: str) -> Iterator[str | UnicodeError]:
    """The file's text block by block, or the error that ends it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                yield decoder.decode(block, final=not block)
            except UnicodeError as error:  # UTF-16 without its mark is not a UnicodeDecodeError
                yield error
                return
            if not block:
                return


def _scanned_as_cp932(path: Path) -> int:
    unknown = BadFile(
        _("文字コードが UTF-8 でも CP932(Shift_JIS)でもありません。UTF-8 で保存し直してください。")
    )
    try:
        lines = _scanned(path, "cp932")
    except UnicodeDecodeError:
        raise unknown from None
    if _holds(path, _NOT_CP932):
        raise unknown
    if _holds(path, _EUC_AS_CP932) and all(isinstance(piece, str) for piece in _pieces(path, "euc_jp")):
        raise BadFile(_("文字コードが EUC-JP です。UTF-8 で保存し直してください。"))
    return lines


def _holds(path: Path, characters: re.Pattern[str]) -> bool:
    """Whether the file, read as CP932, holds one of these characters."""
    return any(isinstance(piece, str) and characters.search(piece) for piece in _pieces(path, "cp932"))


# ── records ────────────────────────────────────────────────────────────────────────────────────────


class _Unclosed(csv.Error):
    pass


class _Supply:
    """The file's physical lines for csv.reader: counted, and given back when a record turns out broken."""

    stream: TextIO

    def __init__(self) -> None:
        self.number = 0
        self.record: list[str] = []
        self.length = 0
        self.returned: list[str] = []

    def __iter__(self) -> _Supply:
        return self

    def __next__(self) -> str:
        line = self.returned.pop() if self.returned else self.stream.readline(LONGEST_RECORD)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LONGEST_RECORD:
            raise BadFile(_("%(line)d行目が長すぎます。") % {"line": self.number})
        self.record.append(line)
        self.length += len(line)
        if self.length > LONGEST_RECORD:
            raise _Unclosed
        return line

    def begin(self) -> None:
        self.record, self.length = [], 0

    def give_back(self) -> None:
        """All lines of the record but its first, which is the broken one."""
        self.number -= len(self.record) - 1
        self.returned.extend(reversed(self.record[1:]))

    def place(self) -> Place | None:
        going_on = not (self.returned or self.stream.closed)
        return (self.number, self.stream.tell()) if going_on else None

    def go_to(self, place: Place) -> None:
        self.number, begins = place
        self.stream.seek(begins)


def _lines(path: Path, encoding: str, delimiter: str, supply: _Supply) -> Generator[Line]:
    with path.open(encoding=encoding, newline="") as stream:
        supply.stream = stream
        reader = csv.reader(supply, delimiter=delimiter, strict=True)
        width = None
        while True:
            supply.begin()
            before = supply.number
            try:
                values = next(reader, None)
            except csv.Error as error:
                fault = _fault(error, supply)
                supply.give_back()
                yield Line(before + 1, _as_they_stand(supply.record[0], delimiter), fault)
                continue
            if values is None:
                return
            values = values or [""]
            width = width or len(values)
            if len(values) == width or values == [""]:
                yield Line(before + 1, tuple(values), notice=_bare_quotes(values, supply.record))
                continue
            fault = _("列の数が違います(見出しは%(width)d列、この行は%(found)d列)。") % {
                "width": width,
                "found": len(values),
            }
            if len(supply.record) > 1:  # perhaps a quote was left open and swallowed good rows
                supply.give_back()
                values = _as_they_stand(supply.record[0], delimiter)
            yield Line(before + 1, tuple(values), fault)


def _fault(error: csv.Error, supply: _Supply) -> str:
    unclosed = isinstance(error, _Unclosed) or len(supply.record) > 1 or "unexpected end" in str(error)
    if unclosed:
        return _('引用符(")が閉じていません。')
    if "field larger" in str(error):
        return _("1つの値が長すぎます。")
    return _('引用符(")で囲んだ値の中の引用符は、"" と2つ重ねてください。')


def _as_they_stand(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(line.rstrip("\r\n").split(delimiter))


def _delimiter(path: Path, encoding: str) -> str:
    """Of , ; and tab the one that stands most often outside quotes in the first line."""
    with path.open(encoding=encoding, newline="") as stream:
        first = re.sub(r'"[^"]*"', "", stream.readline(LONGEST_RECORD))
    return max(",;\t", key=first.count)


def _bare_quotes(values: list[str], record: list[str]) -> str:
    """A quote inside a value that is not quoted itself is read as it stands, and mentioned."""
    inner = sum(value.count('"') for value in values)
    if not inner or sum(line.count('"') for line in record) >= 2 * inner + 2:
        return ""
    return _('囲まれていない値の中に引用符(")があります。そのまま読みました。')
