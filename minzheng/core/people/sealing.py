"""Names to search by and numbers sealed, for a whole register: a part at a time, on processes of their own.

Which part a row falls into and how many processes there are change nothing but the nonces, which are never
the same twice.
"""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import polars as pl

from minzheng.core.people import crypto, names

PART = 50_000
PERSON, ACCOUNT = "people_person.number", "people_account.number"


@contextmanager
def sealers() -> Iterator[ProcessPoolExecutor]:
    """Processes that seal while this one loads: one for each core but the one that the database works on.

    They start at once: a process that is started later begins as a copy of this one, and is counted as large.
    """
    count = max(1, len(os.sched_getaffinity(0)) - 1)
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_end_with_parent)
    try:
        for started in [pool.submit(os.getpid) for _ in range(count)]:
            started.result()
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def persons(frame: pl.DataFrame) -> pl.DataFrame:
    """Persons with `number` (null for none) → with cipher, blind index, grams and pinyin; the number is
    gone.
    """
    grams, pinyin = names.keys(frame["name"].to_list())
    return _sealed(frame, PERSON).with_columns(
        bigrams=pl.Series(grams, dtype=pl.List(pl.String)), pinyin=pl.Series(pinyin, dtype=pl.String)
    )


def accounts(frame: pl.DataFrame) -> pl.DataFrame:
    """Accounts with `number` → with cipher, blind index and last four digits; the number is gone."""
    return _sealed(frame.with_columns(last4=pl.col("number").str.slice(-4)), ACCOUNT)


class Later:
    """Sealed parts of a table, asked for at once and taken in their order when they are done."""

    def __init__(self, pool: ProcessPoolExecutor, table: str, frame: pl.DataFrame) -> None:
        self._pool = pool
        self._work = {"person": persons, "account": accounts}[table]
        self._parts = [pool.submit(self._work, part) for part in frame.iter_slices(PART)]

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Each part once; what was taken is given back to memory."""
        self._parts.reverse()
        while self._parts:
            yield self._parts.pop().result()


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever: it ends as well."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _sealed(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    has = frame.filter(pl.col("number").is_not_null())
    ciphers, indexes = crypto.encrypt_many(column, has["id"].to_list(), has["number"].to_list())
    keyed = pl.DataFrame(
        {"id": has["id"], "number_cipher": ciphers, "number_index": indexes},
        schema_overrides={"number_cipher": pl.Binary, "number_index": pl.Binary},
    )
    return frame.drop("number").join(keyed, on="id", how="left", maintain_order="left")
