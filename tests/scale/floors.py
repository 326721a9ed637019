"""The bare work under a month's run, written by hand on the same data: `python -m tests.scale.floors MONTH`.

Facts out by COPY, the rules over all households in columns, as many rows of results in by COPY; and as many
instructions as the month has, by one statement under the keys that hold the promise. Everything that is
written is temporary. Prints JSON: seconds by work, and the rows.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

FACTS = (
    "SELECT person_id, household_id, relation, area FROM people_membership",
    "SELECT id, born, sex, area FROM people_person",
    "SELECT person_id, kind, yearly FROM people_incomeitem",
    "SELECT household_id, kind, amount FROM people_asset",
    "SELECT person_id, kind, grade FROM people_disability",
    "SELECT person_id, kind, value FROM people_condition",
    "SELECT person_id, can_work, job_refusals FROM people_employment",
    "SELECT person_id, level, full_time FROM people_enrolment",
)
RESULTS = "household, person, programme, payee, eligible, amount, persons, facts, law, area"
INSTRUCTIONS = """
    INSERT INTO floor_instruction SELECT d.payee, d.id, d.month, d.programme, d.household, d.amount, d.area
      FROM benefits_dueline d WHERE d.month = %s AND d.state = 'due' ON CONFLICT DO NOTHING
"""


def main(name: str) -> None:
    """Measure each work once, in one rolled-back transaction."""
    from minzheng.config.command import start

    start("engine")
    from django.db import connection, transaction

    from minzheng.config.month import finding
    from minzheng.kernel.module import registry
    from minzheng.kernel.periods import Month

    took: dict[str, float] = {}

    @contextmanager
    def timed(work: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took[work] = round(took.get(work, 0) + time.perf_counter() - began, 3)

    month = Month.parse(name).first
    with transaction.atomic(), connection.cursor() as cursor:
        raw = connection.connection.cursor()
        for facts in FACTS:
            with timed("facts out"), raw.copy(f"COPY ({facts}) TO STDOUT (FORMAT binary)") as copy:
                for _ in copy:
                    pass
        cursor.execute(
            "SELECT day, known FROM benefits_run WHERE month = %s ORDER BY id DESC LIMIT 1", [month]
        )
        day, known = cursor.fetchone()
        for module in (each for each in registry.modules() if each.programmes):
            subject = finding.Subject(module)
            persons, households = subject.frames(day, known, 10**11, 10**12 - 1)
            statute = subject.law.on(day, known.date())
            with timed("rules"):
                statute.columns(persons, households, finding.wanted(subject.programmes, statute))
        with raw.copy(f"COPY (SELECT {RESULTS} FROM benefits_determination WHERE current) TO STDOUT") as copy:
            results = b"".join(bytes(part) for part in copy)
        cursor.execute(
            f"CREATE TEMP TABLE floor_result AS SELECT {RESULTS} FROM benefits_determination LIMIT 0"
        )
        with timed("results in"), raw.copy("COPY floor_result FROM STDIN") as copy:
            copy.write(results)
        cursor.execute(
            "CREATE TEMP TABLE floor_instruction (payee bigint, due_line bigint UNIQUE, month date,"
            " programme text, household bigint, amount bigint, area bigint, UNIQUE (payee, due_line))"
        )
        with timed("instructions"):
            cursor.execute(INSTRUCTIONS, [month])
        instructions = cursor.rowcount
        transaction.set_rollback(True)
    found = {"seconds": took, "instructions": instructions, "results": results.count(b"\n")}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
