import subprocess
import sys

import pytest

import bootstrap

LOCK = """\
django==5.2 \\
    --hash=sha256:aa
uv==1.0 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
vine==5.1 \\
    --hash=sha256:dd
"""


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    locks = {kind: tmp_path / f"{kind}.txt" for kind in ("run", "dev")}
    for lock in locks.values():
        lock.write_text(LOCK)
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "STAMP": venv / "installed",
        "LOCKS": locks,
    }.items():
        monkeypatch.setattr(bootstrap, name, value)
    return tmp_path


@pytest.fixture
def installed(checkout, monkeypatch):
    """The names of the lock files that were installed."""
    names = []
    monkeypatch.setattr(bootstrap, "make_venv", lambda: names.append("new"))
    monkeypatch.setattr(bootstrap, "install", lambda lock: names.append(lock.name))
    return names


def test_the_second_start_installs_nothing(installed):
    bootstrap.set_up("run")
    bootstrap.set_up("run")

    assert installed == ["new", "run.txt"]


def test_the_tools_bring_what_running_needs(installed):
    bootstrap.set_up("dev")
    bootstrap.set_up("run")

    assert installed == ["new", "dev.txt"]


def test_a_changed_lock_is_installed_into_what_is_there_and_keeps_the_tools(installed):
    bootstrap.set_up("dev")
    bootstrap.LOCKS["run"].write_text("changed")
    bootstrap.LOCKS["dev"].write_text("changed")

    bootstrap.set_up("run")

    assert installed == ["new", "dev.txt", "dev.txt"]


def test_another_python_or_place_makes_a_new_venv(installed, monkeypatch):
    bootstrap.set_up("run")
    monkeypatch.setattr(bootstrap, "home", lambda: "3.99 elsewhere")

    bootstrap.set_up("run")

    assert installed == ["new", "run.txt", "new", "run.txt"]


def test_a_venv_that_is_a_link_is_another_checkouts_and_left_alone(installed, checkout):
    elsewhere = bootstrap.VENV.rename(checkout / "elsewhere")
    bootstrap.VENV.symlink_to(elsewhere)

    with pytest.raises(SystemExit, match=r"leads to .*elsewhere, which is not this checkout's to change"):
        bootstrap.set_up("run")

    assert installed == []
    assert sorted(path.name for path in elsewhere.iterdir()) == ["bin"]


def test_an_interrupted_install_is_done_again(installed, monkeypatch):
    def interrupted(lock):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.set_up("run")

    bootstrap.set_up("run")

    assert installed[-1] == "run.txt"


def test_the_hashes_of_one_package_are_found_in_the_lock(checkout):
    assert bootstrap.pinned("uv", bootstrap.LOCKS["dev"]) == "\n".join(LOCK.splitlines()[2:5]) + "\n"


def test_uv_is_told_what_pip_was_told(monkeypatch):
    said = (
        "global.index-url='https://index.example/simple'\n:env:.extra-index-url='a\\nb'\nglobal.timeout='9'\n"
    )
    monkeypatch.setattr(
        bootstrap.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, said)
    )
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)

    settings = bootstrap.uv_settings()

    assert settings["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert settings["UV_INDEX"] == "a b"


def test_what_the_environment_says_to_uv_wins(monkeypatch):
    monkeypatch.setattr(bootstrap, "pip_configuration", lambda: {"index-url": "of pip"})
    monkeypatch.setenv("UV_DEFAULT_INDEX", "of the environment")

    assert bootstrap.uv_settings()["UV_DEFAULT_INDEX"] == "of the environment"


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_every_pinned_package_has_a_hash_and_no_address(lock):
    text = bootstrap.LOCKS[lock].read_text()

    packages = [part for part in text.split("\n") if "==" in part and not part.startswith(" ")]
    assert all(line.endswith("\\") for line in packages)
    assert "://" not in text
    assert "--index" not in text


def test_pip_is_used_where_uv_cannot_be_had(checkout, monkeypatch):
    commands = []
    monkeypatch.setattr(bootstrap, "get_uv", lambda: None)
    monkeypatch.setattr(bootstrap, "succeeds", lambda command, env=None: commands.append(command) or True)

    bootstrap.install(bootstrap.LOCKS["run"])

    inside = ["--python", str(bootstrap.PYTHON)]
    locked = ["--require-hashes", "-r", str(bootstrap.LOCKS["run"])]
    assert commands == [[sys.executable, "-m", "pip", *inside, "install", "-qq", *locked]]
