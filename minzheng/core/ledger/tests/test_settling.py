"""Answers read in columns say what answers read row by row say, or are left to the latter."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.ledger import bankfile, settling
from minzheng.core.ledger.received import Sent

IDENTITY = "202410-530102-RCC-01"
DAY = date(2024, 10, 10)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 10**9),
        st.integers(0, 10**17),
        st.integers(0, 10**14),
        st.sampled_from(["00", "01", "77"]),
    ),
    max_size=20,
)


def answer(rows: list[tuple[int, int, int, str]]) -> bytes:
    results = [bankfile.Result(n, *row, DAY) for n, row in enumerate(rows, start=1)]
    return bankfile.answer_bytes(IDENTITY, results)


def spoilt(data: bytes, old: bytes, new: bytes) -> bytes:
    """The answer with another body, and the digest of that body."""
    head, body = data.split(b"\n", 1)
    body = body.replace(old, new)
    cells = head.split(b",")
    cells[-1] = bankfile.digest(body).encode()
    return b",".join(cells) + b"\n" + body


def both(data: bytes) -> tuple[settling.Answered, bankfile.AnswerFile]:
    return settling.read(Sent("answer/a.csv", "", data)), bankfile.read_answer(data)


@given(ROWS)
def test_columns_and_rows_read_the_same(rows: list[tuple[int, int, int, str]]) -> None:
    fast, slow = both(answer(rows))
    assert (fast.identity, fast.count, fast.total, fast.bad) == (
        slow.identity,
        slow.count,
        slow.total,
        slow.bad,
    )
    assert fast.rows.rows() == [(r.row, r.line, r.instruction, r.amount, r.code, r.day) for r in slow.rows]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"2024-10-10", b"2024-02-30"),
        (b"2024-10-10", b"20241010"),
        (b"1,5,", b'"1",5,'),
        (b"1,5,", b"1,-5,"),
        (b"1,5,", b"1,5,9,"),
        (b"0.07", b"0.7"),
        (b"\n1,5", b"\n\n1,5"),
        (b"\n1,5", b"\r\n1,5"),
    ],
    ids=[
        "no such day",
        "another form of day",
        "quoted",
        "negative",
        "a cell too many",
        "jiao",
        "blank",
        "CR",
    ],
)
def test_a_row_out_of_form_is_judged_row_by_row(old: bytes, new: bytes) -> None:
    data = spoilt(answer([(1, 5, 7, "00"), (2, 6, 8, "01")]), old, new)
    fast, slow = both(data)
    assert fast.bad == slow.bad
    assert fast.rows.rows() == [(r.row, r.line, r.instruction, r.amount, r.code, r.day) for r in slow.rows]
