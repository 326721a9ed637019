"""Who acts in the demonstration: some by name, and everybody of one whole prefecture by rule.

Sign-in names of the prefecture's officers: county, hyphen, duty, all in pinyin: `ludian-jingban` 鲁甸县经办,
`ludian-shenhe` 审核, `ludian-shenpi1` and `-shenpi2` 审批, `ludian-caiwu` 发放; `ludian-xiangzhen1` to 3 the
clerks of its first three townships, `ludian-cun1` and `-cun2` the workers of the first two villages of the
first of them. By code, so that the same names mean the same places everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from minzheng.core.areas import reads as areas

SINCE = date(2019, 1, 1)
PROVINCE, PREFECTURE = 530000000000, 530600000000
COUNTY_DUTIES = (
    ("jingban", "经办", "county_clerk"), ("shenhe", "审核", "county_reviewer"),
    ("shenpi1", "审批甲", "county_approver"), ("shenpi2", "审批乙", "county_approver"),
    ("caiwu", "发放", "county_finance"),
)  # fmt: skip
TOWNSHIPS, VILLAGES = 3, 2


@dataclass(frozen=True)
class Acting:
    """One of them: sign-in name, name as shown, (post, area) held. `group` names those made by rule."""

    username: str
    name: str
    posts: tuple[tuple[str, int], ...]
    group: str = ""


#: 昭阳区's officers make the chain of a month's payment.
NAMED = (
    Acting("sheng", "演示·省厅监督", (("province_supervisor", PROVINCE),)),
    Acting("sheng-shenpi1", "演示·省厅审批甲", (("province_approver", PROVINCE),)),
    Acting("sheng-shenpi2", "演示·省厅审批乙", (("province_approver", PROVINCE),)),
    Acting("kunming", "演示·昆明监督", (("prefecture_supervisor", 530100000000),)),
    Acting("zhaotong", "演示·昭通监督", (("prefecture_supervisor", PREFECTURE),)),
    Acting("jingban", "演示·经办", (("county_clerk", 530602000000), ("county_clerk", 530621000000))),
    Acting("shenpi1", "演示·审批甲", (("county_approver", 530602000000),)),
    Acting("shenpi2", "演示·审批乙", (("county_approver", 530602000000),)),
    Acting("caiwu", "演示·发放", (("county_finance", 530602000000),)),
    Acting("shuifu", "演示·水富经办", (("county_clerk", 530681000000),)),
    Acting("xiangzhen", "演示·乡镇经办", (("township_clerk", 530602001000),)),
    Acting("cun", "演示·村级协理", (("village_worker", 530602001001),)),
    Acting("jumin", "演示·居民", (("resident", 530602001001),)),
    Acting("qinshu", "演示·代办亲属", (("relative", 530602001001),)),
    Acting("ertong", "演示·儿童主任", (("child_director", 530602001001),)),
    Acting("sheng-shenji", "演示·省厅审计", (("auditor", PROVINCE),)),
    Acting("sheng-guanli1", "演示·省厅管理员甲", (("administrator", PROVINCE),)),
    Acting("sheng-guanli2", "演示·省厅管理员乙", (("administrator", PROVINCE),)),
    Acting("zhaotong-shenji", "演示·昭通审计", (("auditor", PREFECTURE),)),
    Acting("zhaotong-guanli", "演示·昭通管理员", (("administrator", PREFECTURE),)),
)


def people() -> tuple[Acting, ...]:
    """Everybody; asks the areas for those made by rule."""
    counties = areas.of_level(3, within=PREFECTURE)
    return (*NAMED, *(each for county in counties for each in officers(county)))


def officers(county: areas.Place) -> Iterator[Acting]:
    """The officers of one county, its townships and villages."""
    key = _key(county)
    for word, label, post in COUNTY_DUTIES:
        yield Acting(f"{key}-{word}", f"演示·{county.name}{label}", ((post, county.code),), county.name)
    towns = areas.of_level(4, within=county.code)[:TOWNSHIPS]
    for at, town in enumerate(towns, start=1):
        posts = (("township_clerk", town.code),)
        yield Acting(f"{key}-xiangzhen{at}", f"演示·{town.name[:20]}经办", posts, county.name)
    for at, village in enumerate(
        areas.of_level(5, within=towns[0].code)[:VILLAGES] if towns else (), start=1
    ):
        posts = (("village_worker", village.code),)
        yield Acting(f"{key}-cun{at}", f"演示·{village.name[:20]}协理", posts, county.name)


def _key(county: areas.Place) -> str:
    """The county's pinyin without tones and without the word for what it is: `lu3 dian4 xian4` → `ludian`."""
    syllables = [syllable.rstrip("12345") for syllable in county.pinyin.split()]
    return "".join(syllables[:-1] if syllables[-1:] and syllables[-1] in ("qu", "xian", "shi") else syllables)
