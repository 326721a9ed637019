"""The pages of social assistance; each file lists its own addresses."""

from minzheng.domains.assistance.pages import apply, case, letters, mine, monthly, public, reviews

PAGES = (monthly, case, public, apply, mine, letters, reviews)
ADDRESSES = [each for page in PAGES for each in page.ADDRESSES]
