"""Every step of the house has a grant, a guard in the code, and a test; no step is only a word."""

import pytest

from minzheng.config.modules import MODULES
from minzheng.core.access.grants import GRANTS, STEPS
from tests.architecture.source import HOUSE, ROOT, python_files

DECLARED = HOUSE / "core" / "access" / "grants.py"
KEYS = (*STEPS, *(step.key for m in MODULES for procedure in m.procedures for step in procedure.steps))


def texts(*, tests: bool) -> str:
    return "\n".join(
        path.read_text("utf-8")
        for path in python_files()
        if path != DECLARED and ("tests" in path.relative_to(ROOT).parts) == tests
    )


@pytest.mark.parametrize("step", KEYS)
def test_a_step_has_a_grant(step):
    granted = {grant.step for grant in (*GRANTS, *(grant for m in MODULES for grant in m.grants))}
    assert step in granted


@pytest.mark.parametrize("step", KEYS)
def test_a_step_guards_an_action_or_an_address(step):
    assert f'"{step}"' in texts(tests=False)


@pytest.mark.parametrize("step", [key for key in KEYS if not key.endswith(".view")])
def test_a_step_has_a_test_of_its_name(step):
    """Views are surveyed whole, address by address, in tests/stories/test_scope.py."""
    assert step.partition(".")[2] in texts(tests=True)
