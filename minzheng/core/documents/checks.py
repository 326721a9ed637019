"""Whether every document's file is there and is what was kept: for the engine, over all areas."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders

from minzheng.core.documents import files
from minzheng.core.documents.models import Document


@dataclass(frozen=True)
class Verdict:
    """How many documents were looked at, and what is wrong with some of them."""

    documents: int
    problems: tuple[str, ...]


def verdict() -> Verdict:
    """The whole check, told at once."""
    return Verdict(Document.unscoped.count(), tuple(problems()))


def problems() -> Iterator[str]:
    """A Chinese sentence for each damaged document, and for what is wrong with the folder."""
    yield from folder_problems()
    rows = Document.unscoped.order_by("digest", "pk").values_list("pk", "digest")
    last, what = "", ""
    for number, digest in rows.iterator():
        if digest != last:
            last, what = digest, files.fault(digest)
        if what:
            yield files.DAMAGED.format(number=number, what=what)


def folder_problems() -> Iterator[str]:
    """The folder belongs to the platform alone and lies nowhere that a web server looks."""
    place = files.folder()
    if not place.exists():
        return
    if place.stat().st_mode & 0o077:
        yield f"材料目录 {place} 对其他账户开放。请执行 chmod 700 {place}。"
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        yield f"材料目录 {place} 不可读写。请核对属主。"
    if any(root == place.resolve() or root in place.resolve().parents for root in _served()):
        yield f"材料目录 {place} 在静态文件目录之内，会被公开。请用 MINZHENG_DOCUMENTS 指定别的目录。"


def _served() -> Iterator[Path]:
    for finder in get_finders():
        for _, storage in finder.list([]):
            if root := getattr(storage, "location", ""):
                yield Path(root).resolve()
