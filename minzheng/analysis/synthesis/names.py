"""Ethnicity by county and names by ethnicity: the Han and the 25 minorities of Yunnan (演示, nobody's name).

Which minorities live where follows the names of autonomous counties and prefectures and the census' share.
Names keep the habits that break systems: no family name, `·` between parts, one character alone, rare
characters, and characters that no font or code has (described in the note).
"""

import re

import numpy as np
from numpy.typing import NDArray

from minzheng.analysis.synthesis.census import County

Ints = NDArray[np.int64]
Texts = NDArray[np.object_]
HAN = 1
CODES = {
    name: int(code)
    for code, name in re.findall(
        r"(\d+)(\w+)",
        "2蒙古 3回 4藏 6苗 7彝 8壮 9布依 11满 13瑶 14白 16哈尼 18傣 20傈僳 21佤 24拉祜 25水 27纳西 28景颇"
        " 34布朗 39阿昌 40普米 42怒 46德昂 51独龙 56基诺",
    )
}
"""Minority → code of GB/T 3304."""
EVERYWHERE = {"彝": 5.0, "白": 1.6, "回": 0.8, "苗": 1.2, "壮": 1.0, "哈尼": 1.0, "傣": 0.8, "傈僳": 0.6}
LEAST = 0.03
HOMES = {
    "江川": "蒙古", "通海": "蒙古", "施甸": "布朗", "昌宁": "布朗", "勐海": "布朗", "罗平": "布依",
    "富源": "水", "梁河": "阿昌", "陇川": "阿昌", "芒市": "德昂", "镇康": "德昂", "景洪": "基诺",
    "勐腊": "瑶", "富宁": "瑶", "隆阳": "满", "宁蒗": "普米", "福贡": "怒", "泸水": "怒",
    "香格里拉": "藏", "德钦": "藏", "盈江": "景颇",
}  # fmt: skip

SURNAMES = list(
    "李王杨张赵刘陈罗马周黄徐何朱段吴普尹董高胡郭唐林孙邓钱许施沈和曾范谢毛吕孔陶丁苏彭邹钟侬代"
    "自字阿艾岳飞余单解仇"
)
MALE = list("伟强军勇明华建国平文志光云龙福贵海斌波辉林荣兵江山才金生发春学忠德祥永清富顺成正良民")
FEMALE = list("芳丽英梅兰秀琼珍花玲艳凤美菊桂萍琴莲娟燕红霞翠春香云仙会存彩焕芬淑惠玉美")
SOME = {
    "回": "马纳沙赛金忽撒保合木李丁", "彝": "李普杨罗毕鲁张阿吉沙龙禄安海者自字",
    "白": "杨段赵李张董尹王高洪施赵", "壮": "侬陆黄韦农梁李王卢", "苗": "杨陶熊王李张马罗古项侯",
    "瑶": "盘邓李蒋赵黄卢", "布依": "王黄罗岑陆", "纳西": "和木李杨和和", "蒙古": "普官华奎旃王赵期",
    "满": "佟关李赵王", "普米": "和杨熊曹马", "阿昌": "曹赵杨们穆孙梁", "水": "郎韦潘陆",
    "哈尼": "李白王杨普陈马罗朱", "独龙": "孔木丁", "怒": "和李迪", "佤": "田李肖魏赵陈鲍",
}  # fmt: skip
ALONE = ("傣", "布朗", "德昂")
ALONE_MALE = [
    "岩", "岩温", "岩香", "岩罕", "岩叫", "岩坎", "岩光", "康朗", "波涛", "岩三", "岩龙", "岩在",
    "岩拉", "岩应",
]  # fmt: skip
ALONE_FEMALE = [
    "玉", "玉罕", "玉香", "玉波", "玉儿", "玉叫", "玉光", "玉应", "玉南", "玉坎", "玉金", "咪涛",
    "玉拉", "玉旺",
]  # fmt: skip
ALONE_SECOND = [
    "", "", "叫", "罕", "香", "儿", "坎", "的", "拉", "温", "甩", "囡", "尖", "南",
]  # fmt: skip
TIBETAN = [
    "扎西", "卓玛", "次里", "斯那", "拉姆", "顿珠", "都吉", "央宗", "取追", "尼玛", "格茸", "农布",
    "此称", "鲁茸",
]  # fmt: skip
YI_CLANS = [
    "吉克", "阿鲁", "沙马", "阿苦", "加巴", "补余", "吉伙", "热柯", "倮伍", "瓦渣",
]  # fmt: skip
YI_GIVEN = [
    "阿牛", "拉铁", "尔布", "伍呷", "阿芝", "木呷", "尔哈", "金花", "布都", "史者",
]  # fmt: skip
JINGPO_CLANS = [
    "勒排", "木然", "勒托", "恩昆", "唐", "岳", "排", "何", "石", "孔",
]  # fmt: skip
JINGPO_GIVEN = [
    "早东", "麻干", "木南", "勒堵", "果", "鲁", "图", "锐", "扎", "退", "早", "干",
]  # fmt: skip
LISU_GIVEN = [
    "阿普", "阿邓", "阿恒", "娜付", "阿妮", "双妹", "四才", "大益", "言普", "波益", "付益", "娜妹",
]  # fmt: skip
LAHU = {True: "扎", False: "娜"}
LAHU_GIVEN = [
    "体", "约", "发", "拉", "努", "妥", "母", "莫", "克", "儿", "倮", "丕", "思", "期",
]  # fmt: skip
WA_GIVEN = [
    "尼", "赛", "艾", "三木嘎", "岩块", "叶", "依", "安", "欧", "岩龙", "赛罗", "尼茸",
]  # fmt: skip
JINO = [
    "白腊", "沙车", "切薇", "资切", "布鲁", "腰杰", "木腊", "子木拉", "车布", "沙薇",
]  # fmt: skip
RARE = ["㱔", "〇", "𠮷", "龑", "喆", "堃", "甦", "䶮", "𤧛", "燚"]
UNCODED = "姓“鸭”的原字未编码：上“乃”下“鸭”形，读 nià，永胜县（演示）"


def ethnicities(county: County, count: int, rng: np.random.Generator) -> Ints:
    """One code a household: Han, or a minority by where it lives."""
    weight = {name: EVERYWHERE.get(name, 0.0) + LEAST for name in CODES}
    for name in CODES:
        if name in county.name:
            weight[name] += 40
        if name in county.prefecture:
            weight[name] += 12
        if HOMES.get(county.name.rstrip("市县区"), "") == name:
            weight[name] += 8
    odds = np.array([weight[name] for name in CODES])
    minority = rng.choice(np.array(list(CODES.values())), count, p=odds / odds.sum())
    return np.where(rng.random(count) < county.minority, minority, HAN)


def draw(
    household: Ints, ethnicity: Ints, male: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Texts, Texts]:
    """(name, note on its characters) of each person; surnames are shared inside a household by habit of the
    people.

    `household` is dense from 0; `ethnicity` and `male` are by person.
    """
    names = _plain(SURNAMES, household, male, rng)
    by_name = {code: name for name, code in CODES.items()}
    for code in np.unique(ethnicity):
        if code == HAN:
            continue
        at = np.flatnonzero(ethnicity == code)
        names[at] = _minority(by_name[int(code)], household[at], male[at], rng)
    notes = np.full(len(names), "", dtype=object)
    rare = np.flatnonzero(rng.random(len(names)) < 0.004)
    names[rare] = names[rare] + _pick(RARE, len(rare), rng)
    uncoded = np.flatnonzero(rng.random(len(names)) < 0.0003)
    names[uncoded] = "鸭" + _given(male[uncoded], rng)
    notes[uncoded] = UNCODED
    return names, notes


def _minority(name: str, household: Ints, male: NDArray[np.bool_], rng: np.random.Generator) -> Texts:
    """Names of one minority; a part of each bears names as the Han do."""
    count = len(household)
    plain = _plain(list(SOME.get(name, "")) or SURNAMES, household, male, rng)
    own, share = plain, 0.0
    if name in ALONE:
        first = np.where(male, _pick(ALONE_MALE, count, rng), _pick(ALONE_FEMALE, count, rng))
        own, share = first + _pick(ALONE_SECOND, count, rng), 0.85
    elif name == "藏":
        dot = np.where(rng.random(count) < 0.5, "·", "").astype(object)
        own, share = _pick(TIBETAN, count, rng) + dot + _pick(TIBETAN, count, rng), 0.9
    elif name == "彝":
        own, share = _pick(YI_CLANS, count, rng) + "·" + _pick(YI_GIVEN, count, rng), 0.15
    elif name == "景颇":
        own, share = _pick(JINGPO_CLANS, count, rng) + "·" + _pick(JINGPO_GIVEN, count, rng), 0.5
    elif name in ("傈僳", "独龙", "怒"):
        second = _pick(["", "", "·阿普", "才", "妹", "叶"], count, rng)
        own, share = _pick(LISU_GIVEN, count, rng) + second, 0.6
    elif name == "拉祜":
        own = np.where(male, LAHU[True], LAHU[False]).astype(object) + _pick(LAHU_GIVEN, count, rng)
        share = 0.75
    elif name == "佤":
        own, share = _pick(WA_GIVEN, count, rng) + _pick(["", "龙", "块", "惹", "搞"], count, rng), 0.5
    elif name == "基诺":
        own, share = _pick(JINO, count, rng), 0.6
    return np.where(rng.random(count) < share, own, plain)


def _plain(surnames: list[str], household: Ints, male: NDArray[np.bool_], rng: np.random.Generator) -> Texts:
    """Surname and one or two characters; the frequent surnames come first in the list."""
    weight = 1 / (np.arange(len(surnames)) + 4.0)
    shared = rng.choice(len(surnames), int(household.max(initial=0)) + 1, p=weight / weight.sum())
    own = rng.choice(len(surnames), len(household), p=weight / weight.sum())
    chosen = np.where(rng.random(len(household)) < 0.75, shared[household], own)
    return np.array(surnames, dtype=object)[chosen] + _given(male, rng)


def _given(male: NDArray[np.bool_], rng: np.random.Generator) -> Texts:
    """One character for a fifth of people, else two."""
    count = len(male)
    first, second = (
        np.where(male, _pick(MALE, count, rng), _pick(FEMALE, count, rng)).astype(object) for _ in range(2)
    )
    return first + np.where(rng.random(count) < 0.2, "", second).astype(object)


def _pick(items: list[str], count: int, rng: np.random.Generator) -> Texts:
    return np.array(items, dtype=object)[rng.integers(0, len(items), count)]
