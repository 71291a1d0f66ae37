"""The pure parts of `./dev`, and what must agree with it."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Load the script with its local folder in a temporary place."""
    monkeypatch.setenv("KYODAKU_LOCAL_DIR", str(tmp_path / "local"))
    for name in ("DATABASE_URL", "REDIS_URL", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = spec_from_loader("dev_script", SourceFileLoader("dev_script", str(ROOT / "dev")))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "dev_script", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def running(dev: ModuleType) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program that would run for a minute, as the script would have."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        dev.note_process("sleeper", child.pid)
        yield child
        child.kill()


def run_dev(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the project's own script
        [sys.executable, ROOT / "dev", *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("words", [(), ("deploy",), ("demo", "--twice"), ("up", "now")])
def test_wrong_arguments_show_the_usage_and_exit_2(words: tuple[str, ...]) -> None:
    done = run_dev(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: ./dev" in done.stderr


def test_help_names_every_command() -> None:
    done = run_dev("--help")

    assert done.returncode == 0
    for command in ("demo", "test", "check", "up", "down", "reset", "doctor", "manage"):
        assert re.search(rf"^ +{command} ", done.stdout, re.MULTILINE)


def test_a_port_once_chosen_is_kept(dev: ModuleType) -> None:
    chosen = dev.kept_port("web")

    assert dev.kept_port("web") == chosen
    assert dev.read_state() == {"port:web": chosen}


def test_a_secret_once_made_is_kept_and_the_state_is_private(dev: ModuleType) -> None:
    made = dev.secret("stripe", "whsec_")

    assert made.startswith("whsec_")
    assert dev.secret("stripe", "whsec_") == made
    assert (dev.LOCAL / "state.json").stat().st_mode & 0o777 == 0o600


def test_a_broken_state_file_is_an_empty_state(dev: ModuleType) -> None:
    dev.LOCAL.mkdir()
    (dev.LOCAL / "state.json").write_text("{half")

    assert dev.read_state() == {}


def test_a_lock_counts_as_installed_only_with_the_same_content(
    dev: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("two")
    installed = {"a.txt": dev.digest(tmp_path / "a.txt"), "b.txt": dev.digest(tmp_path / "b.txt")}

    (tmp_path / "b.txt").write_text("three")

    assert dev.stale_locks(["a.txt", "b.txt"], installed, tmp_path) == ["b.txt"]
    assert dev.stale_locks(["a.txt"], {}, tmp_path) == ["a.txt"]


def test_a_folder_below_a_closed_one_cannot_be_reached_by_others(
    dev: ModuleType, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    inside = closed / "open"
    inside.mkdir(parents=True)
    inside.chmod(0o755)

    closed.chmod(0o700)

    assert not dev.reachable(inside)
    assert dev.reachable(Path("/usr"))


def test_only_the_very_process_that_was_noted_is_ours(
    dev: ModuleType, running: subprocess.Popen[bytes]
) -> None:
    assert dev.alive("sleeper") == running.pid

    with dev.editing_state() as state:
        state["processes"]["sleeper"]["birth"] = "another process, long ago, with the same id"

    assert dev.alive("sleeper") is None
    assert dev.stop("sleeper") is False
    assert running.poll() is None


def test_stopping_ends_the_process_and_forgets_it(
    dev: ModuleType, running: subprocess.Popen[bytes]
) -> None:
    assert dev.stop("sleeper") is True

    assert dev.alive("sleeper") is None
    assert dev.read_state()["processes"] == {}
    assert dev.birth(running.pid) == ""


def test_the_tests_take_no_setting_from_the_shell_but_the_stores(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIDENCE_BUCKET", "the-real-one")
    monkeypatch.setenv("STRIPE_API_KEY", "sk_live_real")
    monkeypatch.setenv("DATABASE_URL", "postgresql://ci@localhost/ci")

    env = dev.test_env()

    assert "EVIDENCE_BUCKET" not in env
    assert env["STRIPE_API_KEY"] == "sk_test_kyodaku_tests"
    assert env["DATABASE_URL"] == "postgresql://ci@localhost/ci"


def test_a_demo_never_talks_to_stripe_itself(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_live_real")
    monkeypatch.setenv("STRIPE_API_BASE", "https://api.stripe.com")

    env = dev.demo_env()

    assert env["STRIPE_API_KEY"] == "sk_test_kyodaku_demo"
    assert env["STRIPE_API_BASE"].startswith("http://127.0.0.1:")


def test_a_socket_whose_path_would_be_too_long_moves(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "LOCAL", tmp_path / ("deep" * 30))

    assert len(os.fsencode(dev.DEMO.sockets / ".s.PGSQL.5432")) < 108


def test_a_demo_prints_what_the_seed_wrote_down(dev: ModuleType) -> None:
    world = {
        "logins": [
            {
                "role": "operator",
                "email": "finance@example.org",
                "password": "a-long-one",
                "organisation": "Kyodaku",
            }
        ],
        "api_key": "kyo_test_abc",
        "documents": ["/srv/a.pdf", "/srv/b.pdf"],
    }

    assert dev.describe_world(world, "http://127.0.0.1:8000", Path("/srv/.dev")) == (
        "\n"
        "Dashboard  http://127.0.0.1:8000/\n"
        "API        http://127.0.0.1:8000/api/docs/\n"
        "\n"
        "Log in as\n"
        "  finance@example.org  a-long-one  operator, Kyodaku\n"
        "API key    kyo_test_abc\n"
        "Documents  /srv/a.pdf\n"
        "Documents  /srv/b.pdf\n"
        "Logs       /srv/.dev/log"
    )


def test_steps_side_by_side_are_printed_in_whole_lines(dev: ModuleType) -> None:
    console = dev.Console(io.StringIO())

    with console.step("outer"), console.step("inner"):
        console.say("news")

    lines = re.sub(r"\d+\.\d s", "0.0 s", console.stream.getvalue()).splitlines()
    assert lines == ["[1] outer …", "[2] inner …", "news", "[2] inner: 0.0 s", "[1] outer: 0.0 s"]


def test_a_failing_program_is_told_with_its_log(dev: ModuleType) -> None:
    failing = [sys.executable, "-c", "print('disk full'); raise SystemExit(3)"]

    with pytest.raises(dev.Stop, match="ended with exit code 3") as stopped:
        dev.run(failing, log="failing", advice="Make room.")

    assert stopped.value.advice == "Make room."
    assert "disk full" in dev.tail(stopped.value.log, 5)


def test_the_example_environment_names_every_variable_that_is_read() -> None:
    settings = (ROOT / "config" / "settings.py").read_text()
    example = (ROOT / ".env.example").read_text()

    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))

    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == read


def test_no_variable_of_a_deployment_reaches_the_tests(dev: ModuleType) -> None:
    settings = (ROOT / "config" / "settings.py").read_text()

    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))

    assert set(dev.DEPLOYMENT) == read - {"DATABASE_URL", "REDIS_URL"}
