"""What `pages` asks of the data folder, in a process of its own: `python -m tests.scale.visitors` and a word.

`sample` prints what visitors look for: keys of households, names and numbers of the made-up register, by the
post that may see them; the caller keeps it in memory. `count` prints how many statements each page takes.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

POSTS = {
    "sheng": 530000000000, "kunming": 530100000000, "zhaotong": 530600000000, "jingban": 530602000000,
    "shuifu": 530681000000, "xiangzhen": 530602001000,
}  # fmt: skip
PEOPLE = """
    SELECT e.household, p.name, p.id, p.number_cipher FROM benefits_entitlement e
      JOIN people_person p ON p.id = e.payee
     WHERE e.area BETWEEN %(lo)s AND %(hi)s AND p.area BETWEEN %(lo)s AND %(hi)s
       AND p.number_cipher IS NOT NULL
     ORDER BY e.household * 2654435761 %% 1000003 LIMIT 300
"""


def sample() -> dict[str, list[dict[str, Any]]]:
    """For each post some households of its area with their payee's name and number."""
    from django.db import connection

    from minzheng.core.access.actions import ensure_demo_users
    from minzheng.core.people import crypto
    from minzheng.kernel.areas import subtree

    ensure_demo_users()
    found = {}
    for user, area in POSTS.items():
        lo, hi = subtree(area)
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE, {"lo": lo, "hi": hi})
            rows = cursor.fetchall()
        found[user] = [
            {
                "household": household,
                "name": name,
                "number": crypto.provider().decrypt("people_person.number", person, bytes(cipher)),
            }
            for household, name, person, cipher in rows
        ]
    return found


def count(pages: dict[str, tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """For each kind of page (user, address): its statements, and the slowest's milliseconds and words."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    found = {}
    for kind, (user, address) in pages.items():
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(get_user_model().objects.get(username=user))
        client.get(address)
        with told() as statements:
            status = client.get(address).status_code
        slowest = max(statements, key=lambda each: each[0], default=(0.0, ""))
        found[kind] = {
            "status": status, "statements": len(statements), "slowest_ms": round(slowest[0] * 1000, 1),
            "slowest": " ".join(slowest[1].split())[:160],
        }  # fmt: skip
    return found


@contextmanager
def told() -> Iterator[list[tuple[float, str]]]:
    """Every statement with its seconds; never its values."""
    from django.db import connection

    statements: list[tuple[float, str]] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            statements.append((perf_counter() - began, sql))

    with connection.execute_wrapper(wrapper):
        yield statements


def main(words: list[str]) -> None:
    """Print what was asked for as JSON."""
    from minzheng.config.command import start

    start("engine" if words[0] == "sample" else "runtime")
    found: Any = sample() if words[0] == "sample" else count(json.load(sys.stdin))
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
