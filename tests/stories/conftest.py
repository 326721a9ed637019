"""A small province made by the real commands, once, for the stories that need one."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories import browser, lodging
from tests.stories.browser import WIDE
from tests.stories.site import housed, served

ROOT = Path(__file__).resolve().parents[2]
SCALE = "0.001"
Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Place:
    """A data folder and the program that works on it; `database` is its own on another server (`lodging`)."""

    home: Path
    tree: Path = ROOT
    database: str = ""

    @property
    def surroundings(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MINZHENG_") and k != "DATABASE_URL"}
        own = {"MINZHENG_HOME": str(self.home), "PYTHONPATH": f"{self.tree}:{ROOT}"}
        return {**kept, **lodging.addresses(self.database), **own}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """`minzheng` in a process of its own, with its sentences in a pipe."""
        command = [sys.executable, "-m", "minzheng.config", *words]
        return subprocess.Popen(
            command, cwd=self.tree, env=self.surroundings, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str) -> Done:
        """The same, to its end."""
        process = self.start(*words)
        said, complained = process.communicate(timeout=240)
        return Done(words, process.returncode, said, complained)

    def did(self, *words: str) -> str:
        """The same, which must succeed: what it printed."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def copy(self, home: Path) -> "Place":
        """Another data folder with the same content; the server of this one must be stopped."""
        subprocess.run(["cp", "-a", str(self.home), str(home)], check=True)
        database = lodging.make(home.name, self.database) if self.database else ""
        return Place(home, self.tree, database)

    def stop(self) -> None:
        """Stop the server, where it is our own."""
        if not self.database:
            self.did("server", "stop")

    def remove(self) -> None:
        """Stop the server and forget the data."""
        if self.database:
            lodging.drop(self.database)
        else:
            self.run("server", "stop")
        shutil.rmtree(self.home)


def copied_tree(target: Path) -> Path:
    """The program and its reference data, to be spoilt at will."""
    forgotten = shutil.ignore_patterns("__pycache__", "tests")
    for name in ("minzheng", "data"):
        shutil.copytree(ROOT / name, target / name, ignore=forgotten)
    return target


@pytest.fixture(scope="session")
def blind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program that has no figures.csv."""
    tree = copied_tree(tmp_path_factory.mktemp("blind"))
    (tree / "data" / "reference" / "figures.csv").unlink()
    return tree


@pytest.fixture(scope="session")
def made(blind: Path) -> Iterator[Place]:
    """A small province, made by a program that has no figures.csv; its server is stopped."""
    home = Path(f"/tmp/mz-story-{os.getpid()}")
    place = Place(home, blind, lodging.make(home.name))
    try:
        place.did("setup")
        place.did("province", "--scale", SCALE)
        place.stop()
        yield place
    finally:
        place.remove()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data folder that the server's own user may enter; gone after the file of stories."""
    place = Path(tempfile.mkdtemp(prefix="mz-story-", dir="/tmp"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def base(home):
    """The address of a demonstration whose plans are frozen and whose changes wait."""
    with served(home) as address:
        yield address


@pytest.fixture(scope="module")
def site(home):
    """A demonstration whose first month was run to its end."""
    with housed(home, ("month", "2024-10", "--unattended")) as found:
        yield found


@pytest.fixture(scope="module")
def chromium():
    """A browser."""
    with browser.launched() as found:
        yield found


@pytest.fixture
def enter(chromium, site):
    """A page of somebody who has signed in ("" for nobody); one a user."""
    opened = {}

    def come(user, size=WIDE):
        if user not in opened:
            opened[user] = browser.entered(chromium, site.base, user, size)
        return opened[user]

    yield come
    for page in opened.values():
        page.context.close()
