"""The product's settings, on the tests' own servers, with what would only cost time left out."""

import os

import environ

from config import embedded
from tests.database import VAR_OF_TESTS

os.environ.setdefault("BATON_SECRET_KEY", "only for tests, known to everyone, never anywhere else")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES

if "DATABASE_URL" not in os.environ:
    address = environ.Env.db_url_config(embedded.Postgres.of(VAR_OF_TESTS).url())
    DATABASES["default"] |= {key: address[key] for key in ("HOST", "USER", "NAME")}
if "BROKER_URL" not in os.environ:
    BROKER_URL = embedded.Valkey.of(VAR_OF_TESTS).url()

EMAIL_FILES = str(VAR_OF_TESTS / "mail")
MEDIA_ROOT = str(VAR_OF_TESTS / "files")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # nothing is collected before tests
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
