"""Who acts in the demonstration when nobody attends. In a real installation there is nobody, and the run
refuses.
"""

from datetime import date

from django.db import connection

from minzheng.config.month.running import Approvers
from minzheng.core.access import actions, reads
from minzheng.core.access.reads import UnknownUserRefusal
from minzheng.kernel.errors import Refusal

PROVINCE = 530000000000
OFFICER, FIRST, SECOND = "wuren", "sheng-shenpi1", "sheng-shenpi2"
_NO_PASSWORD = "!"


class UnattendedRefusal(Refusal):
    """Money is released by people."""


def is_demonstration() -> bool:
    """Whether the business date stands still, as it does in the demonstration and nowhere else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM areas_businessday)")
        return bool(cursor.fetchone()[0])


def approvers() -> Approvers:
    """The demonstration's officer for the whole province, and its two approvers, three natural persons.

    They go through the same guarded actions as a page. Raises UnattendedRefusal outside the demonstration.
    """
    if not is_demonstration():
        raise UnattendedRefusal(
            "无人值守的确认和批准只在演示环境可用。请去掉 --unattended，由办理人员在网页上确认和批准。"
        )
    actions.ensure_demo_users()
    officer = actions.ensure_user(OFFICER, "演示·无人值守经办", f"演示:{OFFICER}", _NO_PASSWORD, is_demo=True)
    actions.appoint(officer, "county_clerk", PROVINCE, date(2019, 1, 1))
    try:
        return Approvers(
            [reads.scope_named(OFFICER)], [reads.scope_named(FIRST)], [reads.scope_named(SECOND)]
        )
    except UnknownUserRefusal as refusal:
        raise UnattendedRefusal(f"演示的审批用户不全：{refusal}请重新运行 minzheng province。") from refusal
