"""Bad input and a failing house, as real runs of the command: a sentence with what and where, nothing lost.

What stands beside the code already and is not written again here:

| what | where |
|---|---|
| case files of every malformed kind | `config/tests/test_explain.py` |
| parameter files, areas in them, gaps and overlaps | `kernel/tests/test_parameters.py` |
| answers and payment files of the bank | `config/month/tests/test_month.py`, `test_standin.py` |
| area codes, identity numbers | `kernel/tests/test_areas.py`, `test_identity.py` |
| failures of database and disk to their sentences | `config/tests/test_command.py`, `test_elsewhere.py` |
| a server that was killed or cannot start, two that start it | `config/tests/test_server.py` |
| a province that is killed or made by two | `config/tests/test_province.py` |
| worker, database and bank killed again and again | `tests/stories/test_storm.py` |
"""

import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from minzheng.config.command import main
from minzheng.config.database import home, process, server
from tests.stories import lodging
from tests.stories.conftest import SCALE, Done, Place, copied_tree

STATE = """
SELECT (SELECT count(*) FROM people_person), (SELECT sum(yearly) FROM people_incomeitem),
       (SELECT count(*) FROM benefits_entitlement), (SELECT sum(amount) FROM benefits_entitlement)
"""
REPLACE = ("province", "--scale", SCALE, "--replace", "--json")
MONTH = ("month", "2024-10", "--unattended", "--json")


def told(done: Done, *words: str, code: int = 1) -> None:
    """The command failed with one Chinese sentence that holds these words."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    sentence = done.stderr.strip().splitlines()[-1]
    assert re.search(r"[\u4e00-\u9fff].*。$", sentence), sentence
    for word in words:
        assert word in sentence, sentence


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("figuers", "没有“figuers”这个命令。是不是“figures”？"),
        ("--home", "选项“--home”后面缺少它的值。"),
        ("month", "缺少参数“MONTH”。"),
        ("month 2024-10 2024-11", "多写了“2024-11”。"),
        ("month 2024-10 --jsn", "没有“--jsn”这个选项。是不是“--json”？"),
        ("month 2024-10 --bank-dir /etc/passwd", "选项“--bank-dir”写的是“/etc/passwd”，这是文件，应是目录。"),
        ("month 24-10", "月份“24-10”无法识别"),
        ("province --json=1", "选项“--json”不能带值。"),
        ("serve --port 70000", "“--port”写的是“70000”，应是不小于 1 不大于 65535 的整数。"),
        ("areas search 昆明 --limit -3", "“--limit”写的是“-3”，应是不小于 1 的整数。"),
        ("areas find", "没有“find”这个命令。"),
        ("explain /dev/zero", "/dev/zero 是设备，不是文件"),
    ],
)
def test_a_wrong_call_is_one_chinese_sentence(words: str, said: str) -> None:
    done = CliRunner().invoke(main, words.split())
    assert done.exit_code == 2
    assert said in done.stderr
    assert not re.search(r"Usage|Error|Try", done.output)


def test_help_is_headed_in_chinese() -> None:
    said = CliRunner().invoke(main, ["province", "--help"]).output
    assert {"用法：", "选项：", "显示本说明。"} <= set(re.findall(r"用法：|选项：|显示本说明。", said))
    assert not re.search(r"Usage|Options:|Show this|default", said)


def test_an_escape_in_a_case_file_gives_a_terminal_nothing_to_obey(tmp_path: Path) -> None:
    for number, escape in enumerate((r"\e[2J", r"\ud800", r"\0")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(f'标题: 试\n案例:\n  - 名称: "甲{escape}"\n', "utf-8")
        done = CliRunner().invoke(main, ["explain", str(path)])
        assert (done.exit_code, "第3行：引号里的转义写出了控制字符" in done.stderr) == (2, True)


def test_a_spoilt_parameter_file_stops_the_command_and_is_named(tmp_path: Path) -> None:
    place = Place(tmp_path / "none", copied_tree(tmp_path / "tree"))
    case = tmp_path / "case.yaml"
    family = "    成员: [{姓名: 甲, 与户主关系: 本人或户主, 出生日期: 1980-01-01}]\n"
    case.write_text("案例:\n  - 名称: 一\n    日期: 2024-03-01\n    未写的事实: 如常\n" + family, "utf-8")
    path = place.tree / "minzheng" / "domains" / "assistance" / "rules" / "parameters" / "dibao.yaml"
    whole = path.read_text("utf-8")
    path.write_text(whole + "  - {", "utf-8")
    told(place.run("explain", str(case)), "dibao.yaml 第", "不是合格的 YAML", code=2)
    path.write_bytes(whole.encode("gbk"))
    told(place.run("explain", str(case)), "dibao.yaml", "不是 UTF-8", code=2)
    path.write_text(re.sub(r"since: ?[0-9-]+", "since: 2024-02-30", whole, count=1), "utf-8")
    told(place.run("explain", str(case)), "dibao.yaml", "2024-02-30", code=2)


@pytest.fixture(scope="module")
def house(made: Place) -> Iterator[Place]:
    """A province that these tests may ruin; the months on it are in their order."""
    place = made.copy(made.home.with_name(made.home.name + "-bad"))
    try:
        if not place.database:
            place.did("server", "start")
        yield place
    finally:
        place.remove()


@pytest.fixture
def here(house: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The house, and this process looks at its server."""
    if house.database:
        return house
    monkeypatch.setenv("MINZHENG_HOME", str(house.home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return house


def looking(here: Place) -> psycopg.Connection:
    """A session of the administrator's."""
    if here.database:
        return lodging.session(here.database)
    server.ensure()
    return server.superuser("minzheng")


def state(here: Place) -> tuple[object, ...]:
    with looking(here) as session:
        return tuple(session.execute(STATE).fetchone() or ())


def writing(here: Place) -> bool:
    """Whether a session writes people into the register just now."""
    with looking(here) as session:
        query = (
            "SELECT 1 FROM pg_locks WHERE relation = 'people_person'::regclass AND mode = 'RowExclusiveLock'"
        )
        return session.execute(query).fetchone() is not None


def until(happened: Callable[[], bool], running: "subprocess.Popen[str]") -> None:
    """Wait for something that a running process brings about."""
    while not happened():
        assert running.poll() is None, running.communicate()
        time.sleep(0.002)


def kill_database(here: Place) -> None:
    """Its process; of a server that others use as well, all that is connected to this database."""
    if here.database:
        lodging.disconnect(here.database)
        return
    os.kill(process.postmaster() or 0, signal.SIGKILL)


def test_a_database_killed_while_the_province_is_written(here: Place) -> None:
    before = state(here)
    running = here.start(*REPLACE, "--seed", "2")
    until(lambda: writing(here), running)
    kill_database(here)
    said, complained = running.communicate(timeout=60)
    told(Done((), running.returncode, said, complained), "数据库", "重新运行")
    assert state(here) == before
    here.did(*REPLACE)
    assert state(here) == before  # the same seed makes the same province


def test_a_month_out_of_turn_changes_nothing(here: Place) -> None:
    before = state(here)
    for month in ("1999-01", "9999-12"):
        told(here.run("month", month, "--unattended"), month, "2024-11", code=2)
    assert state(here) == before


def test_a_second_run_is_refused_and_a_killed_database_loses_nothing(here: Place) -> None:
    running = here.start(*MONTH)
    assert running.stderr is not None
    assert "测算" in running.stderr.readline()
    running.send_signal(signal.SIGSTOP)
    told(here.run(*MONTH), "月度发放", f"进程 {running.pid}")
    kill_database(here)
    running.send_signal(signal.SIGCONT)
    said, complained = running.communicate(timeout=60)
    told(Done((), running.returncode, said, complained), "数据库", "重新运行")


def test_a_full_disk_for_the_banks_files_leaves_no_half_file(here: Place) -> None:
    """The limit of a file's size stands for the disk: everybody may set it, not only root."""
    state(here)  # an embedded server that was killed is up again
    limit = 64
    place = here.start(*MONTH)
    resource.prlimit(place.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    said, complained = place.communicate(timeout=120)
    told(Done((), place.returncode, said, complained), "磁盘已满", str(here.home / "bank"))
    assert not list((here.home / "bank").glob("out/*.csv"))


def test_the_month_ends_right_after_all_this(here: Place) -> None:
    report = json.loads(here.did(*MONTH))
    assert (report["state"], report["ledger"]["differences"]) == ("done", [])
    with sqlite3.connect(here.home / "bank" / "bank.sqlite") as log:
        lines, instructions = log.execute("SELECT count(*), count(DISTINCT instruction) FROM line").fetchone()
    assert lines == instructions == sum(report["payments"].values())
    assert report["payments"]["paid"] > 0


def test_an_answer_that_is_noise_is_set_aside_and_named(here: Place) -> None:
    (here.home / "bank" / "answer" / "noise.csv").write_bytes(b"\xff\x00noise")
    report = json.loads(here.did(*MONTH))
    assert (report["state"], report["ledger"]["differences"]) == ("done", [])
    with looking(here) as session:
        found = session.execute("SELECT text FROM benefits_finding WHERE text LIKE '%noise.csv%'").fetchall()
    assert len(found) == 1


def test_a_full_disk_for_the_database_leaves_the_old_province(made: Place, monkeypatch) -> None:
    """A small disk of memory, filled to the brim; an ordinary user cannot make one (see test_command.py).

    Another server's disk holds what others keep there, so this is told of the embedded one only.
    """
    if not home.is_root() or made.database:
        return
    disk = Path(f"/tmp/mz-disk-{os.getpid()}")
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g,mode=755", "tmpfs", str(disk)], check=True)
    try:
        place = made.copy(disk / "home")
        monkeypatch.setenv("MINZHENG_HOME", str(place.home))
        monkeypatch.delenv("DATABASE_URL", raising=False)
        before = state(place)
        filler = disk / "filler"
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - 2**20)
        told(place.run(*REPLACE), "磁盘已满", "重新运行")
        filler.unlink()
        assert state(place) == before
        place.did(*REPLACE)
        assert state(place) == before
    finally:
        place.run("server", "stop")
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()
