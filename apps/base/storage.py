from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files by their hash, also where one JavaScript module imports another."""

    support_js_module_import_aggregation = True
