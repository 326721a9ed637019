"""The determinations of a province by Spark: the frame of `config.month.finding`, row for row.

Everything stands on the members' rows of the reading, which are clustered by household: who receives, who
is covered and what is said are windows there, and every row tells its programmes by one `explode`; nothing
is shuffled again before the results are written.
"""

from collections.abc import Sequence

from pyspark.sql import DataFrame

from minzheng.config.month import finding
from minzheng.kernel.cluster.reading import EACH, quoted, read
from minzheng.kernel.module import Programme
from minzheng.kernel.rules.law import Statute

KEPT = ("relation", "has_account", "facts", "standing")
TYPES = {
    "bigint": "BIGINT",
    "text": "STRING",
    "boolean": "BOOLEAN",
    "bigint[]": "ARRAY<BIGINT>",
    "text[]": "ARRAY<STRING>",
}
COUNTY = 10**6


def determinations(
    programmes: Sequence[Programme], statute: Statute, persons: DataFrame, households: DataFrame
) -> DataFrame:
    """One row a household (person 0) or person and programme, `finding.COLUMNS` and `county`; lazy. Raises
    FactRefusal, RuleRefusal.
    """
    want = finding.wanted(programmes, statute)
    alive = ("alive",) if "alive" in persons.columns else ()
    rows = read(statute, persons, households, want, (*KEPT, *alive)).sound()
    # Of a household the account-holders come first and the head before others; the dead receive nothing.
    living = f"member{' AND alive' if alive else ''}"
    first = f"min(CASE WHEN {living} THEN struct(NOT has_account AS without, relation, person) END) {EACH}"
    rows = rows.selectExpr(
        "*",
        f"({first}).person AS receiver",
        f"member AND person = min(CASE WHEN member THEN person END) {EACH} AS speaks",
        *[
            f"{_covered(each)} {EACH} AS `covered {each.key}`"
            for each in programmes
            if each.grain == "household"
        ],
    )
    counties = [row[0] for row in households.selectExpr(f"area div {COUNTY}").distinct().collect()]
    raised = {
        each: finding.raised_in(programmes, statute, statute.day, each * COUNTY) for each in sorted(counties)
    }
    told = [_row(each, statute, [c for c, keys in raised.items() if each.key in keys]) for each in programmes]
    rows = rows.selectExpr(f"explode(array({', '.join(told)})) AS row", "standing").where("row IS NOT NULL")
    # Those who never had anything and are found to have no right are not kept.
    stands = "array_contains(standing, concat(row.programme, '/', row.person))"
    kept = rows.where(f"coalesce(row.eligible, true) OR coalesce({stands}, false)")
    return kept.selectExpr("row.*", f"row.area div {COUNTY} AS county")


def _covered(programme: Programme) -> str:
    """Who of the household the programme covers, as a window's function."""
    covers = f"AND {quoted(programme.covers)}" if programme.covers else ""
    return f"collect_list(CASE WHEN member {covers} THEN person END)"


def _row(programme: Programme, statute: Statute, raised: Sequence[int]) -> str:
    """A programme's row as SQL: null where a member's row tells nothing of it."""
    own = programme.grain == "person"
    phase_out = f"{programme.book}.phase_out"
    grains = {name: each.rule.grain for name, each in statute.articles.items()}
    flag = f"coalesce({quoted(phase_out)}, false)" if grains.get(phase_out) == "household" else "false"
    eligible = amount = quoted(programme.eligible)
    paid = "0L"
    if programme.amount is not None:
        amount = quoted(programme.amount)
        paid = f"CASE WHEN {eligible} THEN coalesce({amount}, 0L) ELSE 0L END"
        eligible = f"CASE WHEN {eligible} AND {amount} IS NULL THEN NULL ELSE {eligible} END"
    # A person rule explains a person's programme, a household rule a household's.
    grain = "person" if own else "household"
    said = [r for r in programme.reasons if (grains.get(r.rule) or "").replace("case", "household") == grain]
    refused = f"NOT {quoted(programme.eligible)}"
    reasons = ", ".join(
        f"CASE WHEN {refused} AND {quoted(r.rule)} = {str(r.when).lower()} THEN '{r.label}' END" for r in said
    )
    payee = "coalesce(CASE WHEN has_account THEN person ELSE receiver END, person)" if own else "receiver"
    values = {
        "household": "household",
        "person": "person" if own else "0L",
        "programme": f"'{programme.key}'",
        "payee": payee,
        "eligible": eligible,
        "amount": paid,
        "persons": "array(person)" if own else f"sort_array(`covered {programme.key}`)",
        "reasons": f"array_compact(array({reasons}))" if reasons else "array()",
        "facts": "facts",
        "law": f"'{statute.hash}'",
        "area": "area",
        "raised": f"(area div {COUNTY}) IN ({', '.join(map(str, raised))})" if raised else "false",
        "phase_out": flag,
    }
    typed = [f"CAST({values[name]} AS {TYPES[kind]}) AS {name}" for name, kind in finding.KINDS.items()]
    when = "member" if own else "speaks AND receiver IS NOT NULL"
    return f"CASE WHEN {when} THEN struct({', '.join(typed)}) END"
