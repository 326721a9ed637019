"""Debian's Chromium for the stories: launched, somebody signed in, a page judged."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.stories.site import sign_in

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE = (1366, 768), (390, 844)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser; only one at a time in a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def entered(browser: Browser, base: str, user: str, size: tuple[int, int] = WIDE, **options: Any) -> Any:
    """A page of its own context; `user` signed in by the demonstration's list, nobody for "". Its errors are
    kept in `errors`.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=base, locale="zh-CN", **options
    )
    page: Any = context.new_page()
    page.errors = []
    page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
    if user:
        sign_in(page, user)
    return page


def look(page: Any, path: str) -> None:
    """Open a page and judge it."""
    assert page.goto(path).status == 200, path
    judge(page)


def judge(page: Any) -> None:
    """One h1, no sideways scrolling, nothing that axe finds."""
    assert page.locator("h1").count() == 1, page.url
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, page.url
    found = Axe().run(page, options={"runOnly": STANDARD}).response["violations"]
    assert not [(page.url, each["id"], each["nodes"][0]["html"][:120]) for each in found]
