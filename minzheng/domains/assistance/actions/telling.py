"""Who is told of a step: the post whose turn it is now, and who applied, in the site and by text message.

In the transaction of the step. No name, number or sum stands in a text message: it may be read by others.
"""

from django.urls import reverse

from minzheng.core.access.grants import PRIVATE, seat
from minzheng.core.access.scope import Scope
from minzheng.core.cases import reads
from minzheng.core.cases.reads import Matter
from minzheng.core.notices import actions as notices
from minzheng.domains.assistance.models import Application
from minzheng.domains.assistance.reads.declared import PHONE, opened

#: Step → what who applied is told.
TOLD = {
    "dibao.accept": "您的低保申请已受理，受理通知书可以在进度页打开。",
    "dibao.ask_more": "您的低保申请需要补充材料，请打开进度页，按清单一次补齐。",
    "dibao.decline": "您的低保申请没有受理，原因和救济途径见通知书。",
    "dibao.agree": "您的低保申请已通过初审，正在村（社区）公示。",
    "dibao.confirm": "您的低保申请已批准，从下个月起发放，确认通知书可以在进度页打开。",
    "dibao.refuse": "您的低保申请没有批准，原因和复议、诉讼的办法见通知书。",
}


def tell(case: int, step: str, scope: Scope) -> None:
    """Tell everybody whom a step that was just taken concerns."""
    after = reads.case(case, scope)
    if after is None:
        return
    _the_next(after, scope)
    if step in TOLD:
        _who_applied(after, step)


def _the_next(after: Matter, scope: Scope) -> None:
    """The post whose turn it is now; a person who acts for themselves is told by no post."""
    if not after.waits_post or after.waits_post in PRIVATE:
        return
    post = notices.Post(after.waits_post, seat(after.waits_post, after.area))
    notices.tell(
        post, f"{after.label} {after.number}：待{after.waits_label}",
        f"{scope.name}办理了上一步，现在是“{after.state}”。{after.told}",
        reverse("case", args=[after.id]), "case", after.id, f"{after.version}",
    )  # fmt: skip


def _who_applied(after: Matter, step: str) -> None:
    words, link = TOLD[step], reverse("mine-case", args=[after.id])
    mark = f"{step}/{after.version}"
    if after.opened_by:
        notices.tell(
            notices.User(after.opened_by), f"{after.label} {after.number}：{after.state}", words, link,
            "case", after.id, mark,
        )  # fmt: skip
    row = Application.objects.filter(case_id=after.id).first()
    phone = opened(PHONE, row.pk, row.phone_cipher) if row else ""
    if notices.MOBILE.fullmatch(phone):
        notices.text_message(
            phone, f"【民政】{words}编号 {after.number}。", "case", after.id, mark, after.area
        )
