"""The tree keeps its promises: what imports cannot show (STYLE.md names each of these tests)."""

from __future__ import annotations

import ast
import configparser
import re

import pytest

from minzheng.config.modules import MODULES
from minzheng.portal.frame import LINKS
from tests.architecture.source import HOUSE, ROOT, all_source, functions, python_files, templates, tree

CORE_ORDER = (
    "areas",
    "access",
    "audit",
    "jobs",
    "people",
    "documents",
    "notices",
    "cases",
    "benefits",
    "ledger",
)
DOMAIN_SHAPE = {
    "apps", "migrations", "module", "terms", "rules", "models", "workflow", "access", "reads", "actions",
    "checks", "indicators", "forms", "pages", "static", "templates", "api", "jobs", "tests",
}  # fmt: skip
HOMELESS = {"utils", "util", "helpers", "helper", "common", "services", "service", "managers", "misc"}


def relative(path):
    return path.relative_to(ROOT).as_posix()


def test_a_file_has_at_most_400_lines():
    long = {relative(p): n for p in python_files() if (n := len(p.read_text("utf-8").splitlines())) > 400}
    assert not long


def test_a_function_has_at_most_70_lines():
    long = [(relative(p), name, lines) for p in python_files() for name, lines in functions(p) if lines > 70]
    assert not long


def test_no_file_is_named_for_having_no_home():
    assert not [relative(p) for p in python_files() if HOMELESS & set(p.with_suffix("").parts)]


def test_every_domain_has_the_same_shape():
    strange = [
        relative(entry)
        for domain in (HOUSE / "domains").iterdir()
        if domain.is_dir() and domain.name != "__pycache__"
        for entry in domain.iterdir()
        if entry.name not in {"__init__.py", "__pycache__"} and entry.stem not in DOMAIN_SHAPE
    ]
    assert not strange


def test_no_check_is_silenced():
    marks = re.compile(r"#\s*(noqa|type:\s*ignore)|pytest\.(skip|xfail)|mark\.(skip|xfail)|@unittest\.skip")
    here = ROOT / "tests" / "architecture"
    silenced = [
        relative(p) for p in python_files() if here not in p.parents and marks.search(p.read_text("utf-8"))
    ]
    assert not silenced


def test_import_contracts_have_no_ignores():
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    assert len(parser.sections()) > 8
    assert not [s for s in parser.sections() if parser.has_option(s, "ignore_imports")]


def _string_foreign_keys():
    for path in HOUSE.rglob("models.py"):
        app = path.parent.name
        for node in ast.walk(tree(path)):
            named = isinstance(node, ast.Call) and getattr(node.func, "attr", "").endswith(
                ("ForeignKey", "OneToOneField", "ManyToManyField")
            )
            if named and node.args and isinstance(node.args[0], ast.Constant):
                yield relative(path), app, str(node.args[0].value)


def test_a_string_foreign_key_obeys_the_order_too():
    wrong = []
    for path, app, target in _string_foreign_keys():
        owner = target.split(".")[0] if "." in target else app
        if owner in CORE_ORDER and app in CORE_ORDER and CORE_ORDER.index(owner) > CORE_ORDER.index(app):
            wrong.append((path, target))
        if owner not in CORE_ORDER and owner != app:
            wrong.append((path, target))
    assert not wrong


@pytest.mark.parametrize("template", templates(), ids=lambda p: p.name)
def test_every_template_is_used(template):
    name = template.as_posix().split("/templates/", 1)[1]
    if name.startswith(("account/", "allauth/")) or name in {"404.html", "403.html", "500.html", "400.html"}:
        return  # looked up by the sign-in library and by Django under these very names
    assert name in all_source().replace(f"templates/{name}", "")


def test_every_address_is_linked():
    names = set(re.findall(r"""path\([^)]*?name=["']([\w-]+)["']""", all_source(), re.S))
    used = set(re.findall(r"""(?:url|reverse|redirect)\W+["'](?:\w+:)?([\w-]+)["']""", all_source()))
    used |= {link.address for module in MODULES for link in module.links} | {link.address for link in LINKS}
    assert names, "no named address found: the pattern above no longer fits the code"
    assert not names - used


def test_nothing_is_loaded_from_outside():
    outside = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")
    assert not [relative(t) for t in templates() if outside.search(t.read_text("utf-8"))]
    for sheet in HOUSE.rglob("static/**/*.css"):
        assert "http" not in sheet.read_text("utf-8"), relative(sheet)


def test_templates_carry_no_inline_style_or_script():
    inline = re.compile(r"""\sstyle=["']|<script(?![^>]*\ssrc=)|\son\w+=["']""")
    assert not [relative(t) for t in templates() if inline.search(t.read_text("utf-8"))]


def test_money_is_never_a_float():
    floating = re.compile(r"\bfloat\(|FloatField|DecimalField|double precision|\bDecimal\(")
    places = [HOUSE / "core" / "benefits", HOUSE / "core" / "ledger", HOUSE / "kernel" / "money.py"]
    wrong = [
        relative(p)
        for p in python_files(migrations=True)
        if any(place == p or place in p.parents for place in places)
        and "tests" not in p.parts
        and floating.search(p.read_text("utf-8"))
    ]
    assert not wrong


def test_only_the_purse_writes_its_tables():
    """Statements that change a money table stand in benefits and ledger; others call their actions."""
    writes = re.compile(r"(?i)\b(insert\s+into|update|delete\s+from|truncate)\s+\"?(benefits|ledger)_\w+")
    purse = (HOUSE / "core" / "benefits", HOUSE / "core" / "ledger")
    wrong = [
        relative(p)
        for p in python_files()
        if HOUSE in p.parents
        and "tests" not in p.parts
        and not any(place in p.parents for place in purse)
        and writes.search(p.read_text("utf-8"))
    ]
    assert not wrong


def test_rules_and_kernel_ask_no_clock():
    clock = re.compile(r"\b(date|datetime)\.(today|now|utcnow)\(|\btime\.time\(|timezone\.now\(")
    asks = [
        relative(p)
        for p in python_files()
        if (HOUSE / "kernel" in p.parents or "rules" in p.parts or HOUSE / "analysis" in p.parents)
        and "tests" not in p.parts
        and clock.search(p.read_text("utf-8"))
    ]
    assert not asks


def test_figures_csv_is_read_by_figures_only():
    opened = re.compile(r"""["']\S*figures\.csv["']""")
    readers = [
        relative(p)
        for p in python_files()
        if "tests" not in p.relative_to(ROOT).parts and opened.search(p.read_text("utf-8"))
    ]
    assert readers == ["minzheng/core/indicators/reads.py"]


def test_no_page_goes_around_scope():
    """`unscoped` is for set-based work by the engine; in a page it would be a hole in the first wall."""
    bypass = [
        relative(p)
        for p in python_files()
        if HOUSE / "portal" in p.parents and "tests" not in p.parts and ".unscoped" in p.read_text("utf-8")
    ]
    assert not bypass
