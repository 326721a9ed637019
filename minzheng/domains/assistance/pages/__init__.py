"""The pages of social assistance; each file lists its own addresses."""

from minzheng.domains.assistance.pages import apply, case, letters, mine, monthly, public

ADDRESSES = [
    *monthly.ADDRESSES,
    *case.ADDRESSES,
    *public.ADDRESSES,
    *apply.ADDRESSES,
    *mine.ADDRESSES,
    *letters.ADDRESSES,
]
