"""The commands `month` and `bank` as a person calls them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from minzheng.config.command import main
from minzheng.config.command.month import told
from minzheng.config.database.exclusive import BusyRefusal, exclusive
from minzheng.config.month import unattended
from minzheng.config.month.running import Report
from minzheng.config.month.tests.test_standin import IDENTITY, payment, put
from minzheng.core.ledger.reconciling import Reconciliation


def test_a_month_that_is_none_is_refused_with_a_sentence() -> None:
    done = CliRunner().invoke(main, ["month", "2024-13"])
    assert done.exit_code == 2
    assert "2024" in done.stderr


def test_the_bank_takes_what_lies_there_and_ends(tmp_path: Path) -> None:
    put(tmp_path, payment("6228000000000"))
    done = CliRunner().invoke(main, ["bank", str(tmp_path), "--once"])
    assert done.exit_code == 0
    assert "受理 1 个" in done.stderr
    assert (tmp_path / "answer" / f"{IDENTITY}.csv").exists()


def test_the_bank_says_what_is_wrong_with_its_folder_or_log(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(main, ["bank", str(tmp_path / "file" / "below"), "--once"])
    assert (done.exit_code, "读写失败" in done.stderr) == (1, True)
    (tmp_path / "bank.sqlite").write_bytes(b"not a database, long enough to be read as one" * 30)
    done = CliRunner().invoke(main, ["bank", str(tmp_path), "--once"])
    assert done.exit_code != 0
    assert "银行日志" in done.stderr


def test_the_report_says_what_was_done_and_what_it_waits_for() -> None:
    ledger = Reconciliation(100, 0, 100, 0, 1, ())
    report = Report(
        "2024-10", 1, "waiting_people", {"due": 3}, {"new": 2}, {"frozen": 1}, {"paid": 3}, {"paid": 123456},
        0, ["一件事"], ledger,
    )  # fmt: skip
    text = "\n".join(told(report))
    for words in (
        "2024-10 第 1 次运行：等待办理人员",
        "新增 2",
        "已付 3 笔，1,234.56 元",
        "台账平衡",
        "→ 一件事",
    ):
        assert words in text


@pytest.mark.django_db(transaction=True)
def test_a_second_run_at_once_is_refused_and_says_who_runs() -> None:
    with exclusive("month"), pytest.raises(BusyRefusal, match="月度发放"), exclusive("month"):
        pass


@pytest.mark.django_db(transaction=True)
def test_unattended_exists_in_the_demonstration_only() -> None:
    with pytest.raises(unattended.UnattendedRefusal, match="只在演示环境可用"):
        unattended.approvers()
