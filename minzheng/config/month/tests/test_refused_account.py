"""A changed account that was refused: nothing is ordered into it."""

from pathlib import Path

import pytest

from minzheng.config.month.tests import synthetic
from minzheng.config.month.tests.test_month import everyone_may, one, unattended
from minzheng.core.benefits import actions
from minzheng.core.ledger import actions as payments

__all__ = ["everyone_may"]  # the fixture of the month's tests, found by its name
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everyone_may")]


def test_a_payment_is_not_ordered_again_into_a_refused_account(tmp_path: Path) -> None:
    actions.import_decisions(synthetic.standing([98, 99, 100]))
    register, keys = synthetic.Register(), synthetic.users()
    unattended(tmp_path, register)
    failed = one("SELECT id FROM ledger_instruction WHERE state = 'failed'")
    hold = payments.hold_account(990, 5000, synthetic.Scope(keys[0]))
    payments.approve_account(hold, synthetic.Scope(keys[2]), 1, accept=False)
    register.corrected[990] = 5000
    with pytest.raises(Exception, match="请先更正账户"):
        payments.reissue(failed, synthetic.Scope(keys[0]))
    hold = payments.hold_account(990, 5001, synthetic.Scope(keys[0]))
    payments.approve_account(hold, synthetic.Scope(keys[2]), 1)
    register.corrected[990] = 5001
    payments.reissue(failed, synthetic.Scope(keys[0]))
    assert unattended(tmp_path, register).payments == {"failed": 1, "paid": 3}
