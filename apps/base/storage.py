"""Where files stand: ours by their hash, those of a tenant in a folder of its own."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import connection
from whitenoise.storage import CompressedManifestStaticFilesStorage


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
    """Static files by their hash, also where one of our JavaScript modules imports another."""

    support_js_module_import_aggregation = True
    # Only in our own folder: comments in a package's files look like imports and lead nowhere.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
