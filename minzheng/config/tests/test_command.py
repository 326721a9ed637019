"""How the command ends: its exit codes, its sentences, and what it keeps out of the log."""

import errno
import json
import subprocess
import sys

import click
import psycopg
import pytest
from click.testing import CliRunner
from django.db import OperationalError

from minzheng.config import command as cli
from minzheng.config import logs
from minzheng.config.database import home, roles, server
from minzheng.config.database.connection import connect
from minzheng.config.database.exclusive import BusyRefusal, exclusive
from minzheng.kernel.errors import Refusal

NUMBER = "530102199001011234"


@pytest.fixture
def ends(monkeypatch):
    """Run a command whose body raises; returns click's result."""

    def run(error):
        @click.command()
        def broken():
            raise error

        monkeypatch.setattr(cli.Commands, "get_command", lambda *_: broken)
        return CliRunner().invoke(cli.main, ["broken"])

    return run


def test_a_refusal_is_its_sentence_and_2(ends):
    found = ends(Refusal("第 3 行的区划代码不存在，请改正。"))
    assert (found.exit_code, found.stderr, found.stdout) == (2, "第 3 行的区划代码不存在，请改正。\n", "")


def test_failed_work_is_1(ends):
    assert ends(BusyRefusal("正在执行。")).exit_code == 1


def test_an_unknown_option_is_2():
    assert CliRunner().invoke(cli.main, ["doctor", "--nonsense"]).exit_code == 2
    assert CliRunner().invoke(cli.main, ["nonsense"]).exit_code == 2


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/file"), "磁盘已满"),
        (psycopg.errors.DiskFull("could not extend file"), "磁盘已满"),
        (psycopg.errors.AdminShutdown("terminating connection"), "被管理员停止"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "连接中断"),
        (OperationalError("server closed the connection unexpectedly"), "连接中断"),
        (psycopg.errors.UndefinedTable("relation"), "minzheng migrate"),
    ],
)
def test_a_failure_of_the_surroundings_is_a_sentence_and_1(ends, error, word):
    found = ends(error)
    assert found.exit_code == 1
    assert word in found.stderr
    assert "Traceback" not in found.stderr


def test_a_surprise_is_logged_once_without_what_it_says(ends):
    log = home.log_folder() / "minzheng.log"
    before = log.read_text() if log.exists() else ""
    found = ends(ValueError(f"row of {NUMBER}"))
    assert found.exit_code == 1
    assert str(log) in found.stderr
    added = log.read_text()[len(before) :]
    assert added.count("builtins.ValueError") == 1
    assert "test_command.py" in added
    assert NUMBER not in added + found.stderr


def test_log_lines_hide_long_numbers_and_queries():
    assert NUMBER not in logs.discreet(f"person {NUMBER}")
    assert "secret" not in logs.discreet("GET /people/?q=secret HTTP/1.1")


def test_a_killed_session_ends_in_a_sentence(ends):
    with connect("owner") as session, connect("owner") as other:
        other.execute("SELECT pg_terminate_backend(%s)", [session.info.backend_pid])
        with pytest.raises(psycopg.OperationalError) as raised:
            session.execute("SELECT 1")
    found = ends(raised.value)
    assert found.exit_code == 1
    assert "数据库" in found.stderr


def test_a_database_without_room_ends_in_a_sentence(ends):
    with roles.administrator() as session:
        session.execute("SET work_mem = 64; SET temp_file_limit = '1MB'")
        with pytest.raises(psycopg.Error) as raised:
            session.execute("SELECT n FROM generate_series(1, 2000000) n ORDER BY random() OFFSET 1999999")
    found = ends(raised.value)
    assert found.exit_code == 1
    assert "磁盘" in found.stderr


def test_output_that_finds_no_room_ends_in_a_sentence():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "minzheng.config", "doctor"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "磁盘已满" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_run_is_told_who_runs():
    with exclusive("month"):
        with pytest.raises(BusyRefusal, match=r"月度发放.*进程 \d+"), exclusive("month"):
            pass
        with exclusive("province"):
            pass
    with exclusive("month"):
        pass


def test_the_lock_ends_with_its_process():
    code = (
        "import os; from minzheng.config.database import startup; startup.begin('engine')\n"
        "from minzheng.config.database.exclusive import exclusive\n"
        "exclusive('bank').__enter__(); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with exclusive("bank"):
        pass


def test_help_and_json(monkeypatch):
    told = CliRunner().invoke(cli.main, ["--help"])
    assert told.exit_code == 0
    for name in ("setup", "migrate", "serve", "run", "server", "doctor"):
        assert name in told.stdout
    monkeypatch.delenv("DATABASE_URL", raising=False)  # the embedded server is what is asked for
    server.ensure()
    status = CliRunner().invoke(cli.main, ["server", "status", "--json"])
    assert json.loads(status.stdout)["pid"] > 0


def test_every_subcommand_helps_in_chinese():
    for name in cli.main.list_commands(click.Context(cli.main)):
        told = CliRunner().invoke(cli.main, [name, "--help"])
        assert told.exit_code == 0, name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in told.stdout), name


def test_a_home_without_platform_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = subprocess.run(
        [sys.executable, "-m", "minzheng.config", "--home", str(tmp_path / "none"), "doctor"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "minzheng setup" in done.stderr
    assert not (tmp_path / "none").exists()
