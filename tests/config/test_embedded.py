import os
import signal
import subprocess
import sys

import environ
import psutil
import psycopg
import pytest
from kombu import Connection

from config import embedded
from config.embedded import place


@pytest.fixture
def var(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path / "あ folder"
    embedded.forget(tmp_path / "あ folder")


def test_the_addresses_are_read_by_the_settings_and_by_celery(var):
    addresses = embedded.environment(var, durable=False)

    settings = environ.Env.db_url_config(addresses["OWNER_DATABASE_URL"])
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"]) as connection:
        assert connection.execute("SELECT current_user::text, current_database()::text").fetchone() == (
            "baton_owner",
            "baton",
        )
    with Connection(addresses["BROKER_URL"]) as broker:
        assert broker.default_channel.client.ping()


def test_trigrams_know_japanese(var):
    with embedded.postgres(var, durable=False).connect() as connection:
        connection.execute("CREATE EXTENSION pg_trgm")

        assert connection.execute("SELECT show_trgm('商談') <> '{}'").fetchone() == (True,)


def test_only_this_user_can_reach_the_sockets(var):
    folder = embedded.postgres(var, durable=False).sockets

    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_the_environment_names_is_not_started(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/baton")
    monkeypatch.setenv("BROKER_URL", "redis://broker.example")

    assert embedded.environment(var) == {}
    assert not place.home(var).joinpath("postgres").exists()


def test_servers_are_found_again_and_stopped_by_the_last_user(var):
    with embedded.in_use(var, durable=False):
        first = embedded.Postgres.of(var).process()
        with embedded.in_use(var, durable=False):
            assert embedded.Postgres.of(var).process() == first
        assert embedded.Postgres.of(var).is_running()

    assert not embedded.Postgres.of(var).is_running()
    assert not embedded.Valkey.of(var).is_running()


def test_data_survives_a_stop(var):
    with embedded.postgres(var, durable=False).connect() as connection:
        connection.execute("CREATE TABLE kept ()")
    with embedded.valkey(var).client() as broker:
        broker.set("kept", "1")

    embedded.stop(var)

    with embedded.postgres(var, durable=False).connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    with embedded.valkey(var).client() as broker:
        assert broker.get("kept") == b"1"


def test_a_killed_server_starts_again(var):
    server = embedded.postgres(var, durable=False)
    server.process().send_signal(signal.SIGKILL)
    place.waited_for(lambda: not server.is_running())

    assert embedded.postgres(var, durable=False).is_running()


def test_a_pid_that_now_belongs_to_another_program_is_not_waited_for(var):
    server = embedded.postgres(var, durable=False)
    server.stop()
    pid_file = server.cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{server.cluster}\n")

    assert embedded.postgres(var, durable=False).is_running()
    assert psutil.pid_exists(os.getpid())


def test_two_starts_at_once_make_one_server(var):
    program = (
        "import sys; from pathlib import Path; from config import embedded;"
        "print(embedded.postgres(Path(sys.argv[1]), durable=False).process().pid)"
    )
    command = [sys.executable, "-c", program, str(var)]
    root = embedded.VAR.parent
    starts = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(3)]

    assert len({start.communicate(timeout=120)[0] for start in starts}) == 1


def test_a_long_path_gets_a_short_socket(var):
    far = var / ("deep" * 20) / ("deeper" * 10)

    folder = place.socket_folder(far)

    assert len(os.fsencode(folder)) < 80
    folder.rmdir()


def test_someone_elses_socket_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(place.tempfile, "gettempdir", lambda: str(tmp_path))
    far = tmp_path / ("deep" * 25)
    planted = tmp_path / f"baton-{place.key(far)}"
    planted.symlink_to(tmp_path)

    with pytest.raises(embedded.CannotStart):
        place.socket_folder(far)


def test_data_of_another_postgres_is_refused_in_words(var):
    server = embedded.postgres(var, durable=False)
    server.stop()
    (server.cluster / "PG_VERSION").write_text("9\n")

    with pytest.raises(embedded.CannotStart, match="made by PostgreSQL 9"):
        embedded.postgres(var)


def test_pg_dump_is_there():
    said = subprocess.check_output([embedded.binary("pg_dump"), "--version"], text=True)

    assert said.startswith("pg_dump (PostgreSQL)")
