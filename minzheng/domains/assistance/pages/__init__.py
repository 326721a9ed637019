"""The pages of social assistance; each file lists its own addresses."""

from minzheng.domains.assistance.pages import apply, case, letters, mine, monthly, public, reviews, visits

PAGES = (monthly, case, public, apply, mine, letters, reviews, visits)
ADDRESSES = [each for page in PAGES for each in page.ADDRESSES]
