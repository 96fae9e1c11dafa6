from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Static files by their hash, also where one of our JavaScript modules imports another."""

    support_js_module_import_aggregation = True
    # Only in our own folder: comments in a package's files look like imports and lead nowhere.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
