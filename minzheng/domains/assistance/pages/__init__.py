"""The pages of social assistance; each file lists its own addresses."""

from minzheng.domains.assistance.pages import case, monthly, public

ADDRESSES = [*monthly.ADDRESSES, *case.ADDRESSES, *public.ADDRESSES]
