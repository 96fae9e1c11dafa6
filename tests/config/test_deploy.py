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


def test_all_static_files_are_collected_without_a_database(tmp_path):
    program = (
        "import sys, django; from config import settings; from django.core.management import call_command;"
        "settings.STATIC_ROOT = sys.argv[1]; django.setup(); call_command('collectstatic', '--no-input')"
    )
    nothing = {"PATH": os.environ["PATH"]} | ON_A_SERVER
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=database.ROOT, env=nothing, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("js/*.????????????.js"))
    (sheet,) = tmp_path.glob("css/**/*.????????????.css")
    assert sheet.read_text().count("@layer") == 1 + (
        database.ROOT / "static/css/baton.css"
    ).read_text().count("@import")
    assert "@import" not in sheet.read_text()
