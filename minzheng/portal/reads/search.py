"""Finding a person by characters of a name, initials of its pinyin or the whole number, within the scope."""

import re
from dataclasses import dataclass
from datetime import date

from minzheng.core.people import crypto, masks, names
from minzheng.kernel.errors import Refusal
from minzheng.kernel.identity import ResidentNumber
from minzheng.portal.reads.families import masked
from minzheng.portal.reads.query import rows

MOST = 50
SHORTEST = 2
LETTERS = re.compile(r"[A-Za-z]{2,10}")


class SearchRefusal(Refusal):
    """What was typed cannot be searched for."""


@dataclass(frozen=True)
class Found:
    """A person who was found, masked, with the household of the day (None where there is none)."""

    person: int
    name: str
    number: str
    born: date
    area: int
    household: int | None


# Two characters are their own pair: the index alone answers, and the function stops at the first of them.
NAMED = (
    "p.id = ANY (ARRAY(SELECT n.id FROM people_named(%(grams)s, CASE WHEN length(%(name)s) = 4 THEN %(most)s"
    " END) n)) AND p.name LIKE %(name)s"
)
INITIALED = "p.id = ANY (ARRAY(SELECT n.id FROM people_by_initials(%(initials)s, %(most)s) n))"
PERSONS = """
    SELECT p.id, p.name, p.number_cipher, coalesce(p.provisional_code, ''), p.born, p.area,
           (SELECT m.household_id FROM people_membership m WHERE m.person_id = p.id AND
                  m.superseded_at IS NULL
             AND m.valid @> %(day)s::date LIMIT 1)
      FROM people_person p
     WHERE p.area BETWEEN %(lo)s AND %(hi)s AND p.canonical_id IS NULL AND {condition}
     ORDER BY p.pinyin, p.born, p.id LIMIT 51
"""


def search(text: str, lo: int, hi: int, day: date) -> tuple[Found, ...]:
    """Persons within [lo, hi], at most MOST + 1; raises SearchRefusal with what to type instead."""
    typed = "".join(text.split())
    if any(sign.isdecimal() for sign in typed):
        index = crypto.provider().index([_number(typed)])[0]
        return _found("p.number_index = %(index)s", {"lo": lo, "hi": hi, "day": day, "index": index})
    if LETTERS.fullmatch(typed):
        asked = {"lo": lo, "hi": hi, "day": day, "most": MOST + 1, "initials": typed.lower()}
        return _found(INITIALED, asked)
    try:
        name = names.clean(typed)
    except Refusal as error:
        raise SearchRefusal(f"{error}") from error
    if len(name.replace("·", "")) < SHORTEST:
        raise SearchRefusal(
            "请至少输入姓名中相连的两个字、姓名拼音的全部首字母（如 zsf），或完整的身份证号。"
        )
    values = {
        "lo": lo,
        "hi": hi,
        "day": day,
        "grams": names.grams(name),
        "name": f"%{name}%",
        "most": MOST + 1,
    }
    return _found(NAMED, values)


def _number(typed: str) -> str:
    try:
        return ResidentNumber.parse(typed).number
    except Refusal as error:
        raise SearchRefusal(f"{error}") from error


def _found(condition: str, values: dict[str, object]) -> tuple[Found, ...]:
    return rows(_person, PERSONS.format(condition=condition), values)


def _person(
    key: int, name: str, cipher: bytes | None, code: str, born: date, area: int, household: int | None
) -> Found:
    return Found(key, masks.name(name), masked(key, cipher, code), born, area, household)
