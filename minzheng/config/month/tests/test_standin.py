"""The stand-in bank: takes a file once, answers it again, refuses what is broken."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.config.month import standin
from minzheng.core.ledger import bankfile

IDENTITY = "202410-530102-RCC-01"


def payment(*accounts: str, identity: str = IDENTITY, amount: int = 72800) -> bytes:
    rows = [
        bankfile.Payment(n, "张三", "5301**", "RCC", account, amount + n, 100 + n, "202410 低保")
        for n, account in enumerate(accounts, start=1)
    ]
    return bankfile.payment_bytes(identity, ["dibao"], "202410", "530102", "RCC", "2024-10-08T09:00:00", rows)


def put(folder: Path, data: bytes, identity: str = IDENTITY) -> None:
    bankfile.write_whole(folder / "out" / f"{identity}.csv", data)


def lines(folder: Path) -> list[tuple[int, str]]:
    with sqlite3.connect(folder / standin.LOG) as log:
        return log.execute("SELECT instruction, code FROM line ORDER BY instruction").fetchall()


def test_a_file_is_paid_once_and_answered_with_the_same_bytes_again(tmp_path: Path) -> None:
    put(tmp_path, payment("6228000000000", "6228000000991"))
    assert standin.serve_once(tmp_path) == {"taken": 1, "refused": 0, "known": 0}
    answer = tmp_path / "answer" / f"{IDENTITY}.csv"
    first = answer.read_bytes()
    assert standin.serve_once(tmp_path)["known"] == 1
    answer.unlink()  # killed before it could answer
    standin.serve_once(tmp_path)
    assert answer.read_bytes() == first
    assert lines(tmp_path) == [(101, "00"), (102, "01")]
    assert [row.code for row in bankfile.read_answer(first).rows] == ["00", "01"]
    record = bankfile.read_record((tmp_path / bankfile.RECORD).read_bytes())
    assert record == {IDENTITY: (1, 72801, 1, 72802)}


@pytest.mark.parametrize(
    "break_it",
    [
        lambda data: data[:-20],
        lambda data: data.replace(b"728.01", b"928.01"),
        lambda data: data.replace(b",2,1456.03,", b",3,1456.03,"),
        lambda data: b"\xff\xfe" + data,
        lambda data: b"",
    ],
    ids=["cut short", "altered", "wrong count", "not text", "empty"],
)
def test_a_broken_file_is_refused_with_an_answer_and_nothing_is_paid(tmp_path: Path, break_it) -> None:
    put(tmp_path, break_it(payment("6228000000000", "6228000000001")))
    assert standin.serve_once(tmp_path)["refused"] == 1
    assert lines(tmp_path) == []
    (ack,) = (tmp_path / "ack").iterdir()
    assert not bankfile.read_ack(ack.read_bytes()).accepted
    put(tmp_path, payment("6228000000000", "6228000000001"))
    assert standin.serve_once(tmp_path)["taken"] == 1


def test_other_bytes_under_a_known_identity_are_refused(tmp_path: Path) -> None:
    put(tmp_path, payment("6228000000000"))
    standin.serve_once(tmp_path)
    put(tmp_path, payment("6228000000000", "6228000000001"))
    assert standin.serve_once(tmp_path)["refused"] == 1
    assert lines(tmp_path) == [(101, "00")]


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=30))
def test_a_payment_file_reads_back_as_it_was_written(amounts: list[int]) -> None:
    rows = [
        bankfile.Payment(n, "乌·买提,“", "", "RCC", str(n), a, n, 'x"y') for n, a in enumerate(amounts, 1)
    ]
    data = bankfile.payment_bytes(IDENTITY, ["dibao", "tekun"], "202410", "530102", "RCC", "t", rows)
    read = bankfile.read_payment(data)
    assert list(read.rows) == rows
    assert (read.count, read.total) == (len(amounts), sum(amounts))


@given(st.binary(max_size=300))
def test_noise_is_refused_not_crashed_on(data: bytes) -> None:
    for read in (bankfile.read_payment, bankfile.read_ack, bankfile.read_answer, bankfile.read_record):
        with pytest.raises(bankfile.BankFileRefusal):
            read(data)
