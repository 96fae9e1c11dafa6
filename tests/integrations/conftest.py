import pytest

from tests.client import TenantClient
from tests.integrations.api import Program
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


@pytest.fixture
def program(alpha, admin) -> Program:
    return Program(alpha, admin)


@pytest.fixture
def company(program) -> dict:
    return program.made("companies/", {"name": "株式会社 例", "external_id": "C1"})
