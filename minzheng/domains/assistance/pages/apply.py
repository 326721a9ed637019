"""Applying for dibao: who applies, a list of what is to be done, a page for each, and handing in.

The same pages serve a resident on a phone, a relative, a village worker and the clerk at the window. What is
typed is kept at every step, right or wrong; what is wrong is said beside its field.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import MissingRefusal, StaleRefusal
from minzheng.core.access.scope import Scope, current
from minzheng.core.areas import reads as areas
from minzheng.core.cases import reads as cases
from minzheng.core.documents import reads as documents
from minzheng.core.documents import subjects
from minzheng.core.page import GONE, answer, places, posted_number
from minzheng.core.people.terms import BANKS
from minzheng.domains.assistance.actions import filling
from minzheng.domains.assistance.actions.filling import Filling
from minzheng.domains.assistance.models import OBLIGORS
from minzheng.domains.assistance.reads import typed
from minzheng.domains.assistance.reads.declared import ASSETS, INCOMES, MONEY
from minzheng.domains.assistance.terms import GRADES, RELATIONS, STAGES
from minzheng.kernel.areas import VILLAGE, level
from minzheng.kernel.errors import Refusal

WRONG = 422
YES_NO = (("1", "能"), ("0", "不能"))
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """A field of a form: `kind` text, money, day, choice, few (radio) or tick; `why` what is wrong;
    `empty` what a choice says while nothing is chosen."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    why: str = ""
    options: Options = ()
    hint: str = ""
    mode: str = ""
    empty: str = "请选择"


@dataclass(frozen=True)
class Block:
    """Fields that belong together, under a title; `rare` ones are folded until something stands in them."""

    title: str
    fields: tuple[Field, ...]
    rare: tuple[Field, ...] = ()
    strike: str = ""
    shown: str = ""

    @property
    def unfold(self) -> bool:
        """Whether something rare was said or is wrong."""
        return any(each.value or each.why for each in self.rare)


@guarded("dibao.edit")
def apply(request: HttpRequest) -> HttpResponse:
    """Who applies; sent, it opens the application."""
    scope, refusal = current(), ""
    if request.method == "POST":
        text = request.POST.get("village", f"{scope.area}")
        village = int(text) if text.isascii() and text.isdigit() and len(text) == 12 else 0
        try:
            case = filling.begin(scope, village, request.POST.get("name", ""), request.POST.get("number", ""))
            return HttpResponseRedirect(reverse("apply-list", args=[case]))
        except Refusal as told:
            refusal = f"{told}"
    context = {
        "villages": () if level(scope.area) == VILLAGE else areas.of_level(VILLAGE, within=scope.area),
        "typed": request.POST,
        "refusal": refusal,
        "drafts": [each for each in cases.own(scope) if each.state == "草稿"],
        "for_other": scope.post != "resident",
        "names": places({scope.area}),
    }
    return answer(request, "assistance/apply.html", context, here="apply", status=WRONG if refusal else 200)


@guarded("dibao.edit")
def listed(request: HttpRequest, key: int) -> HttpResponse:
    """What is to be done, with what is still wrong in each part."""
    found = filled(request, key)
    return found if isinstance(found, HttpResponse) else list_page(request, found)


@guarded("dibao.edit")
def part(request: HttpRequest, key: int, part: str) -> HttpResponse:
    """One part of the form; what is sent is kept, and what is wrong with it is said."""
    if part not in typed.PARTS:
        raise Http404(GONE)
    found = filled(request, key)
    if isinstance(found, HttpResponse):
        return found
    if request.method != "POST":
        return part_page(request, found, part)
    if part == "confirm":
        return sent(request, found)
    if part in filling.PARTS:
        try:
            found = filling.save(key, current(), part, request.POST)
        except (MissingRefusal, StaleRefusal) as refusal:
            raise Http404(GONE) from refusal
    if request.POST.get("add") == "1" or "strike" in request.POST:
        return HttpResponseRedirect(reverse("apply-part", args=[key, part]))
    if found.typed.of(part):
        return part_page(request, found, part, status=WRONG)
    following = [*typed.PARTS][[*typed.PARTS].index(part) + 1]
    return HttpResponseRedirect(reverse("apply-part", args=[key, following]))


def filled(request: HttpRequest, key: int) -> Filling | HttpResponse:
    """The application that one may fill in; where it was sent, the page that shows how it goes on."""
    scope = current()
    try:
        return filling.filling(key, scope)
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except StaleRefusal as refusal:
        messages.info(request, f"{refusal}")
        page = "case" if may(scope, "cases.view") else "mine-case"
        return HttpResponseRedirect(reverse(page, args=[key]))


def sent(request: HttpRequest, found: Filling) -> HttpResponse:
    """Hand the application in."""
    try:
        state = filling.send(
            found.matter.id, current(), posted_number(request, "version"),
            request.POST.get("promised") == "1", request.POST.get("authorised") == "1",
        )  # fmt: skip
    except Refusal as refusal:
        return part_page(request, found, "confirm", f"{refusal}", getattr(refusal, "status", WRONG))
    said = f"已提交，编号 {found.matter.number}，现在是“{state}”。乡镇（街道）会在 1 个工作日内答复。"
    messages.success(request, said)
    return HttpResponseRedirect(reverse("mine-case", args=[found.matter.id]))


def list_page(request: HttpRequest, found: Filling) -> HttpResponse:
    """The list of parts."""
    tasks = [
        {"key": key, "label": label, "wrong": len(found.typed.of(key)), "begun": _begun(found, key)}
        for key, label in typed.PARTS.items()
    ]
    context = {"found": found, "tasks": tasks, "missing": found.matter.missing}
    return answer(request, "assistance/apply_list.html", context, here="apply")


def part_page(
    request: HttpRequest, found: Filling, part: str, refusal: str = "", status: int = 200
) -> HttpResponse:
    """A part's form; what is wrong is said once something was sent, or on the last part."""
    order = [*typed.PARTS]
    at = order.index(part)
    tell = status != 200 or part == "confirm"
    wrong = found.typed.of(part) if tell else {}
    context = {
        "found": found,
        "part": part,
        "title": typed.PARTS[part],
        "at": at + 1,
        "of": len(order),
        "before": order[at - 1] if at else "",
        "after": order[at + 1] if at + 1 < len(order) else "",
        "wrong": wrong,
        "refusal": refusal,
        "blocks": BLOCKS[part](found, wrong, current()) if part in BLOCKS else (),
        "open": [(each.field, each.part, each.words) for each in found.typed.wrong],
        "read_back": _read_back(found) if part == "confirm" else (),
        "papers": documents.board(subjects.seen("case", found.matter.id)) if part == "papers" else None,
        "more": part == "family" and typed.count(found.values) < typed.MOST,
    }
    return answer(request, "assistance/apply_part.html", context, here="apply", status=status)


def _begun(found: Filling, part: str) -> bool:
    """Whether anything of a part was typed."""
    first = {"family": "m0-relation", "income": "a1", "home": "urban"}.get(part)
    if part == "papers":
        return bool(documents.board(subjects.seen("case", found.matter.id)).papers)
    return first is not None and (part == "family" or first in found.values)


def _families(found: Filling, wrong: dict[str, str], scope: Scope) -> tuple[Block, ...]:
    return tuple(_member(found, wrong, at) for at in range(typed.count(found.values)))


def _member(found: Filling, wrong: dict[str, str], at: int) -> Block:
    """A member's fields; of one whom the register knows, name and number are not asked again."""
    said = found.values
    known = bool(said.get(f"m{at}-person"))

    def field(name: str, label: str, kind: str = "text", options: Options = (), hint: str = "") -> Field:
        name = f"m{at}-{name}"
        return Field(name, label, kind, said.get(name, ""), wrong.get(name, ""), options, hint)

    number = field("number", "身份证号", hint="18 位；没有身份证号的不填，在下面填出生日期")
    kept = number.value and not number.why
    number = replace(number, value="" if kept else number.value, mode="number",
                     hint="已填写，不改不用再填" if kept else number.hint)  # fmt: skip
    fields: tuple[Field, ...] = () if known else (field("name", "姓名"), number)
    if at:
        fields += (field("relation", "是申请人的", "choice", _codes(RELATIONS)),)
    fields += (
        field("hukou", "户籍在", "few", tuple(typed.PLACES.items())),
        field("work", "能不能工作", "few", YES_NO),
        field("obligors", "依法应当赡养、抚养、扶养的人（60 岁以上、16 岁以下、重度残疾的必填）", "few",
              tuple(OBLIGORS.items()), "例如老人的成年子女、孩子的父母；不算已经一起申请的人"),
    )  # fmt: skip
    kinds = tuple((f"{key}", word) for key, word in typed.KINDS.items())
    rare: tuple[Field, ...] = (
        field("ill", "患重特大疾病", "tick"),
        replace(field("kind", "残疾类别", "choice", kinds), empty="没有"),
        replace(field("grade", "残疾等级", "choice", _codes(GRADES)), empty="没有"),
        replace(field("study", "正在上学", "choice", _codes(STAGES)), empty="没有"),
        field("since", "新找到工作的日期", "day"),
        field("apart", "长期不住在一起", "tick"),
    )
    if not known:
        rare += (field("born", "出生日期（没有身份证号的填）", "day"),
                 field("sex", "性别（没有身份证号的填）", "choice", (("1", "男"), ("2", "女"))))  # fmt: skip
    title = "申请人" if at == 0 else f"第 {at + 1} 位成员"
    return Block(title, fields, rare, f"m{at}-strike" if at else "", said.get(f"m{at}-shown", ""))


def _incomes(found: Filling, wrong: dict[str, str], scope: Scope) -> tuple[Block, ...]:
    said = found.values

    def field(name: str, label: str, kind: str = "money") -> Field:
        return Field(name, label, kind, said.get(name, ""), wrong.get(name, ""), mode="decimal")

    blocks = []
    for at in range(typed.count(said)):
        name = said.get(f"m{at}-name") or said.get(f"m{at}-shown", "").partition(" ")[0] or f"成员{at + 1}"
        fields = [field(f"m{at}-i{kind}", INCOMES[kind]) for kind in typed.ASKED]
        blocks.append(Block(f"{name}最近十二个月的收入（元/年）", tuple(fields[:1]), tuple(fields[1:])))
    owned = tuple(
        field(f"a{kind}", f"{ASSETS[kind]}{'（元）' if kind == MONEY else ''}") for kind in typed.OWNED
    )
    return (*blocks, Block("全家的财产", owned))


def _homes(found: Filling, wrong: dict[str, str], scope: Scope) -> tuple[Block, ...]:
    said = found.values

    def field(name: str, label: str, kind: str = "text", options: Options = (), hint: str = "") -> Field:
        return Field(name, label, kind, said.get(name, ""), wrong.get(name, ""), options, hint)

    account = field("account", "银行账号")
    if account.value and not account.why:
        account = replace(account, value="", hint="已填写，不改不用再填")
    fields = [
        field("urban", "长期居住的地方", "few", (("0", "农村"), ("1", "城镇"))),
        field("address", "现在居住的详细地址"),
        replace(field("phone", "联系电话（没有可不填）"), mode="tel"),
        field("bank", "申请人的开户银行（没有账户可不填）", "choice", tuple(BANKS.items())),
        replace(account, mode="numeric"),
        field("reason", "申请的原因", hint="例如：主要劳动力生病，家里没有固定收入"),
        field("kin-is", "家里有人是经办人员或村（社区）干部的近亲属", "tick"),
        field("kin", "是谁的什么亲属（勾选上一项的填）"),
    ]
    if scope.post != "resident":
        fields.append(field("agent", "代办人姓名，与申请人的关系", hint="例如：张某，申请人的女儿"))
    single = field(
        "single", "只为申请人一个人申请（重度残疾或重病，按单人保）", "tick", hint="低保边缘家庭的成员才能选"
    )
    return (Block("住址、联系和收款", tuple(fields), (single,)),)


def _codes(codes: tuple[tuple[int, str], ...]) -> Options:
    return tuple((f"{key}", word) for key, word in codes if key)


def _read_back(found: Filling) -> tuple[tuple[str, str], ...]:
    """What is about to be handed in, in short."""
    said, read = found.values, found.typed
    incomes = sum(amount or 0 for each in read.members for amount in each.incomes.values())
    lines = [
        ("家庭成员", f"{len(read.members)} 人"),
        ("申报收入和支出合计", f"{incomes / 100:,.2f} 元/年"),
        ("标准", {"0": "农村", "1": "城镇"}.get(said.get("urban", ""), "未选")),
        ("住址", said.get("address", "")),
        ("申请原因", said.get("reason", "")),
        ("收款账户", f"{BANKS.get(said.get('bank', ''), '')} {'已填' if said.get('account') else '没有'}"),
    ]
    return tuple(lines)


BLOCKS: dict[str, Callable[[Filling, dict[str, str], Scope], tuple[Block, ...]]] = {
    "family": _families, "income": _incomes, "home": _homes,
}  # fmt: skip
ADDRESSES = [
    path("apply/", apply, name="apply"),
    path("apply/<int:key>/", listed, name="apply-list"),
    path("apply/<int:key>/<slug:part>/", part, name="apply-part"),
]
