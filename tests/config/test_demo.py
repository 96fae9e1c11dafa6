import os
import socket
import stat
import subprocess
import sys

import psutil
import pytest

from config import demo


@pytest.fixture(autouse=True)
def var(tmp_path, monkeypatch):
    for name, value in {
        "VAR": tmp_path,
        "LOGS": tmp_path / "log",
        "CHILDREN": tmp_path / "demo.children",
        "SEEDED": tmp_path / "demo.seeded",
        "GRACE": 2,
    }.items():
        monkeypatch.setattr(demo, name, value)
    return tmp_path


@pytest.fixture
def ran(monkeypatch):
    """The management commands that were run."""
    commands = []
    monkeypatch.setattr(demo, "manage", lambda *words, **_: commands.append(words[0]) or "")
    monkeypatch.setattr(demo, "collect_static", lambda: None)
    monkeypatch.setenv("DATABASE_URL", "postgresql://first")
    return commands


def test_a_port_in_use_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(demo.Trouble, match=f"PORT={port + 1}"):
            demo.refuse_port_in_use(port)


def test_a_second_demo_of_the_checkout_is_refused():
    with demo.only_demo(), pytest.raises(demo.Trouble, match="already running"), demo.only_demo():
        pass


def test_the_secret_key_is_made_once_and_nobody_else_reads_it(var):
    demo.make_secret_key()
    first = (var / "secret_key").read_text()
    demo.make_secret_key()

    assert (var / "secret_key").read_text() == first
    assert len(first) > 50
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600


def test_the_tenant_is_filled_once(ran):
    demo.prepare()
    demo.prepare()

    assert ran == ["prepare_database", "create_tenant", "seed_demo", "prepare_database"]


def test_another_database_is_filled_again(ran, monkeypatch):
    demo.prepare()
    ran.clear()
    monkeypatch.setenv("DATABASE_URL", "postgresql://second")

    demo.prepare()

    assert ran == ["prepare_database", "create_tenant", "seed_demo"]


def test_a_filling_that_was_cut_off_goes_on_at_the_next_start(ran, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(demo, "manage", cut_off_at_seeding)
        with pytest.raises(demo.Trouble):
            demo.prepare()

    demo.prepare()

    assert ran == ["prepare_database", "create_tenant", "seed_demo"]


def cut_off_at_seeding(*words, **_):
    if words[0] == "seed_demo":
        raise demo.Trouble


def test_a_foreign_database_is_never_forgotten(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/baton")

    with pytest.raises(demo.Trouble, match="DATABASE_URL"):
        demo.forget()


def test_children_write_to_their_log_and_end_with_the_demo(var):
    with demo.stopped_together() as children:
        children.append(child := demo.Child("sleeper", "timeit", "-n1", "-r1", "import time; time.sleep(60)"))
        assert not child.is_dead()

    assert child.is_dead()
    assert (var / "log" / "sleeper.log").exists()
    assert not demo.CHILDREN.exists()


def test_a_dead_web_ends_the_demo_with_its_last_words(capsys):
    with demo.stopped_together() as children:
        children.append(web := demo.Child("web", "no_such_module_of_ours"))
        web.process.wait()

        with pytest.raises(demo.Trouble, match="No module named no_such_module_of_ours"):
            demo.end_if_dead(web)


def test_what_a_killed_demo_left_running_is_ended(capsys):
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    born = psutil.Process(left.pid).create_time()
    demo.CHILDREN.write_text(f"{left.pid} {born}\n{other.pid} 1.0\n{os.getpid()} 2.0\n")

    demo.end_leftovers()

    left.wait(5)
    assert not psutil.pid_exists(left.pid)
    assert other.poll() is None  # a number that another program bears now
    other.kill()
    other.wait()
