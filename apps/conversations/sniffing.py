"""What a file is, by its content. An own list of what is taken: a library that guesses answers another question."""

from __future__ import annotations

import codecs
import re
import zipfile
from typing import BinaryIO

from apps.conversations.vocabulary import FileKind

ENDINGS: dict[FileKind, tuple[str, ...]] = {
    FileKind.PDF: ("pdf",),
    FileKind.PNG: ("png",),
    FileKind.JPEG: ("jpg", "jpeg", "jfif"),
    FileKind.GIF: ("gif",),
    FileKind.WEBP: ("webp",),
    FileKind.HEIC: ("heic", "heif"),
    FileKind.WORD: ("docx", "dotx", "docm"),
    FileKind.EXCEL: ("xlsx", "xltx", "xlsm"),
    FileKind.POWERPOINT: ("pptx", "potx", "ppsx", "pptm"),
    FileKind.OPEN_DOCUMENT: ("odt", "ods", "odp", "odg"),
    FileKind.OLD_OFFICE: ("doc", "xls", "ppt", "msg"),
    FileKind.TEXT: ("txt", "csv", "tsv", "md", "log", "eml", "ics", "vcf", "json"),
    FileKind.ZIP: ("zip",),
}
PICTURES = {
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.GIF: "image/gif",
    FileKind.WEBP: "image/webp",
}
"""What a browser may draw itself."""

_HEAD = 64 * 1024
_MOST_NAMES = 2**20
"""Bytes of a ZIP's list of names that are read; one with a longer list is a ZIP and nothing more is asked."""

_BEGINNINGS: tuple[tuple[bytes, FileKind], ...] = (
    (rb"%PDF-\d", FileKind.PDF),
    (rb"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (rb"\xff\xd8\xff", FileKind.JPEG),
    (rb"GIF8[79]a", FileKind.GIF),
    (rb"RIFF....WEBP", FileKind.WEBP),
    (rb"....ftyp(?:heic|heix|heim|heis|hevc|mif1|msf1)", FileKind.HEIC),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLD_OFFICE),
)
_WITHIN_ZIP = (
    ("word/", FileKind.WORD),
    ("xl/", FileKind.EXCEL),
    ("ppt/", FileKind.POWERPOINT),
)
_PROGRAMS = {"META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(file: BinaryIO) -> FileKind | None:
    """The kind, or None for what is not taken. Reads where it likes and leaves the file at its beginning."""
    file.seek(0)
    head = file.read(_HEAD)
    try:
        if head.startswith(b"PK\x03\x04"):
            return _within_zip(file)
        for beginning, kind in _BEGINNINGS:
            if re.match(beginning, head, re.DOTALL):
                return kind
        return FileKind.TEXT if _is_text(head) else None
    finally:
        file.seek(0)


def _within_zip(file: BinaryIO) -> FileKind | None:
    size = file.seek(0, 2)
    file.seek(max(0, size - 2**16 - 22))
    end = file.read().rpartition(b"PK\x05\x06")[2]
    if len(end) < 18:
        return None
    if int.from_bytes(end[8:12], "little") > _MOST_NAMES:
        return FileKind.ZIP
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            kind_said = archive.open("mimetype").read(60) if names[:1] == ["mimetype"] else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return None
    if _PROGRAMS & set(names):
        return None
    if kind_said.startswith(b"application/vnd.oasis.opendocument."):
        return FileKind.OPEN_DOCUMENT
    if "[Content_Types].xml" in names:
        for folder, kind in _WITHIN_ZIP:
            if any(name.startswith(folder) for name in names):
                return kind
    return FileKind.ZIP


def _is_text(head: bytes) -> bool:
    """Whether it can be read as text: UTF-8, UTF-16 with its mark, or the Windows code page of Japan."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            # A sign may be cut where the head ends.
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < _HEAD)
        except UnicodeDecodeError:
            continue
        return not _CONTROLS.search(text)
    return False
