import os
import subprocess
import sys

from tests import database

ON_A_SERVER = {
    "BATON_HTTPS": "1",
    "BATON_BASE_DOMAIN": "baton.example",
    "BATON_SECRET_KEY": "long enough and of many different letters: 0123456789 abcdefghijklmnop",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def test_a_server_passes_djangos_checks(django_db_setup):
    with database.copied() as addresses:
        done = subprocess.run(
            [sys.executable, "manage.py", "check", "--deploy", "--database", "default", "--fail-level", "WARNING"],
            cwd=database.ROOT, env=os.environ | ON_A_SERVER | addresses, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_static_files_are_collected_without_a_database(tmp_path):
    nothing = {"BATON_SECRET_KEY": "only for this step", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--dry-run"],
        cwd=database.ROOT, env=nothing, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
