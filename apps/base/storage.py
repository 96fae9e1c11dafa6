"""Where files stand: ours by their hash, those of a tenant in a folder of its own."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/baton.css"
PART = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>\w+)\);')


class NoTenantsFile(RuntimeError):
    """A file was about to be kept, or read, outside of any tenant."""


class TenantFiles(FileSystemStorage):
    """Files of the present tenant, outside of what the web serves. Names are ours; what people call them is text."""

    @property
    def base_location(self) -> str:  # asked anew each time: one process serves every tenant
        return os.path.join(settings.MEDIA_ROOT, _tenant())

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)


def _tenant() -> str:
    schema = connection.schema_name
    if schema == "public":
        raise NoTenantsFile
    return schema


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files by their hash, also where one of our JavaScript modules imports another; the stylesheet in one piece."""

    support_js_module_import_aggregation = True
    # Only in our own folder: comments in a package's files look like imports and lead nowhere.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator:
        if not dry_run and SHEET in paths:
            paths = self._in_one_piece(dict(paths))
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _in_one_piece(self, paths: dict[str, Any]) -> dict[str, Any]:
        """A browser draws nothing before the last part of the sheet is there, and asks for six at a time."""

        def read(name: str) -> str:
            storage, path = paths.pop(name)
            with storage.open(path) as file:
                return file.read().decode()

        def part(found: re.Match[str]) -> str:
            path = posixpath.join(posixpath.dirname(SHEET), found["path"])
            return f"@layer {found['layer']} {{\n{read(path)}}}\n"

        whole = PART.sub(part, read(SHEET))
        self.delete(SHEET)
        self.save(SHEET, ContentFile(whole.encode()))
        return paths | {SHEET: (self, SHEET)}
