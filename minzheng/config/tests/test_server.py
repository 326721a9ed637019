"""The embedded server in a home of its own: made, adopted, killed, recovered, started by two."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from minzheng.config.database import home, process, roles, server
from minzheng.config.database.connection import connect

RUN = [sys.executable, "-m", "minzheng.config"]


@pytest.fixture
def own_home(tmp_path_factory, monkeypatch):
    """A data folder in /tmp (the server's account must reach it), removed with its server afterwards."""
    with_server = f"/tmp/mz-server-test-{os.getpid()}"
    monkeypatch.setenv("MINZHENG_HOME", with_server)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setitem(server.SETTINGS, "shared_buffers", "16MB")
    yield home.home()
    server.stop()
    subprocess.run(["rm", "-rf", with_server], check=True)


def test_made_adopted_killed_and_recovered(own_home):
    server.ensure()
    roles.ensure()
    first = process.postmaster()
    with connect("owner") as session:
        session.execute("CREATE TABLE kept AS SELECT 1 AS n")
        assert session.execute("SHOW data_checksums").fetchone() == ("on",)
        assert session.execute("SHOW listen_addresses").fetchone() == ("",)
        row = session.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = 'minzheng'"
        ).fetchone()
        assert row == ("b", "C.UTF-8", "UTF8")
    server.ensure()
    assert process.postmaster() == first
    os.kill(first, signal.SIGKILL)
    server.ensure()
    assert process.postmaster() not in (None, first)
    with connect("owner") as session:
        assert session.execute("SELECT n FROM kept").fetchone() == (1,)


def test_a_busy_backend_that_outlives_its_server_is_cleared_away(own_home):
    server.ensure()
    roles.ensure()
    with connect("owner") as session:
        busy = session.info.backend_pid
        with ThreadPoolExecutor(1) as pool:
            spin = "SELECT count(*) FROM generate_series(1::bigint, 100000000000)"
            spinning = pool.submit(session.execute, spin)
            os.kill(process.postmaster(), signal.SIGKILL)
            server.ensure()
            with pytest.raises(psycopg.OperationalError):
                spinning.result()
    assert busy not in process.remains()
    with connect("owner") as session:
        assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_lock_file_whose_number_another_process_has_is_not_believed(own_home):
    server.ensure()
    server.stop()
    (home.cluster_folder() / "postmaster.pid").write_text(f"{os.getpid()}\n{home.cluster_folder()}\n")
    assert process.postmaster() is None
    server.ensure()
    assert process.postmaster() is not None


def test_an_initdb_that_was_killed_leaves_nothing_to_repair(own_home):
    home.make_home()
    draft = home.make(home.home() / "postgresql.draft", 0o700)
    (draft / "half").write_text("written")
    server.ensure()
    assert not draft.exists()


def test_two_that_start_at_once_get_one_server(own_home):
    command = [*RUN, "server", "start"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = {process_.communicate(timeout=120)[1] for process_ in both}
    assert [process_.returncode for process_ in both] == [0, 0]
    assert len(told) == 1


def test_a_long_path_gets_a_short_socket(monkeypatch):
    monkeypatch.setenv("MINZHENG_HOME", "/tmp/" + "很长的目录" * 8)
    path = home.socket_folder() / home.SOCKET_FILE
    assert len(os.fsencode(path)) <= home.SOCKET_PATH_LIMIT
    assert home.socket_folder() == home.socket_folder()


def test_a_folder_that_the_servers_account_cannot_reach_is_refused(tmp_path, monkeypatch):
    if not home.is_root():  # the account is one's own: everything one can make, it can reach
        return
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("MINZHENG_HOME", str(closed / "data"))
    with pytest.raises(server.ServerRefusal, match="上级目录"):
        server.ensure()


def test_other_passwords_are_told_not_waited_for(own_home):
    server.ensure()
    home.password_file().unlink()
    home.keep_passwords((server.SUPERUSER,))
    with pytest.raises(server.ServerRefusal, match="口令与数据库不符"):
        server.ensure()


def test_a_server_that_cannot_start_says_why_and_where_its_log_is(own_home, monkeypatch):
    server.ensure()
    server.stop()
    monkeypatch.setitem(server.SETTINGS, "shared_buffers", "many")
    with pytest.raises(server.ServerRefusal, match=r"shared_buffers.*postgresql\.log"):
        server.ensure()


def test_the_servers_log_holds_no_value_of_a_row(own_home):
    server.ensure()
    roles.ensure()
    with connect("owner") as session, pytest.raises(psycopg.DataError):
        session.execute("SELECT '530102199001011234X'::bigint")
    assert "530102199001011234" not in server.log_file().read_text()
