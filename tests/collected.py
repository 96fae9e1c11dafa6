"""The settings of a server that browsers meet: its files stand collected, hashed and compressed, as where people use it."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import STORAGES

STATIC_ROOT = os.environ["BATON_TEST_STATIC"]
STORAGES["staticfiles"] = {"BACKEND": "apps.base.storage.HashedFiles"}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = False
