import pytest

from tests.client import TenantClient
from tests.integrations.imports import Importer, Imports


@pytest.fixture
def import_rows(tmp_path) -> Importer:
    return Importer(tmp_path)


@pytest.fixture
def imports(tmp_path, db) -> Imports:
    return Imports(tmp_path)


@pytest.fixture
def browser(logged_in, admin) -> TenantClient:
    return logged_in(admin)
