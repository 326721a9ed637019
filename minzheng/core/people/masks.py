"""The one library of masks: screens, lists, exports, letters and errors all show a number through these."""

STAR = "*"


def number(value: str) -> str:
    """An identity number with its first two and last two characters; nothing of one shorter than eight."""
    return _ends(value, 2, 2, 8)


def account(last4: str) -> str:
    """A bank account by its last four digits; also of the whole number."""
    return f"{STAR * 4} {last4[-4:]}" if len(last4) >= 4 else STAR * 4


def phone(value: str) -> str:
    """A telephone number with its first three and last four digits."""
    return _ends(value, 3, 4, 10)


def name(value: str) -> str:
    """The first character of a name, the rest hidden; of a name of one character nothing."""
    return value[0] + STAR * min(len(value) - 1, 2) if len(value) > 1 else STAR


def _ends(value: str, first: int, last: int, shortest: int) -> str:
    if len(value) < shortest:
        return STAR * len(value)
    return value[:first] + STAR * (len(value) - first - last) + value[-last:]
