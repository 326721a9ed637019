"""Who may do what, where: post × step × reach, and the one question asked of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from minzheng.kernel.areas import contains
from minzheng.kernel.errors import Refusal

Reach = Literal["own_area", "subtree", "province"]
REACHES: tuple[Reach, ...] = get_args(Reach)
REACH_LABELS: dict[Reach, str] = {"own_area": "本级", "subtree": "本级及下级", "province": "全省"}
_PROVINCE_WIDTH = 10**10


class GrantRefusal(Refusal):
    """A grant that says nothing or contradicts itself."""


@dataclass(frozen=True, order=True)
class Grant:
    """The holder of `post` may take `step` on what lies within `reach` of the post's own area."""

    post: str
    step: str
    reach: Reach

    def __post_init__(self) -> None:
        if not self.post or not self.step:
            raise GrantRefusal(f"授权缺少岗位或步骤（岗位“{self.post}”，步骤“{self.step}”），请补全。")
        if self.reach not in REACHES:
            choices = "、".join(REACHES)
            raise GrantRefusal(
                f"岗位“{self.post}”对步骤“{self.step}”的范围“{self.reach}”不认识，只能是 {choices}。"
            )

    def covers(self, post_area: int, area: int) -> bool:
        """Whether a post held in `post_area` reaches `area` by this grant (both 12-digit codes)."""
        if self.reach == "own_area":
            return area == post_area
        if self.reach == "subtree":
            return contains(post_area, area)
        return contains(post_area - post_area % _PROVINCE_WIDTH, area)


class Matrix:
    """All grants in force; one (post, step) pair has one reach, so that nobody wonders which applies."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        self._grants: dict[tuple[str, str], Grant] = {}
        for grant in grants:
            known = self._grants.setdefault((grant.post, grant.step), grant)
            if known.reach != grant.reach:
                raise GrantRefusal(
                    f"岗位“{grant.post}”对步骤“{grant.step}”有两个不同的范围"
                    f"（{REACH_LABELS[known.reach]}、{REACH_LABELS[grant.reach]}），请只留一个。"
                )

    def grant(self, post: str, step: str) -> Grant | None:
        """The grant of this post for this step, or None."""
        return self._grants.get((post, step))

    def may(self, post: str, post_area: int, step: str, area: int) -> bool:
        """Whether the holder of `post` in `post_area` may take `step` on something handled in `area`."""
        grant = self.grant(post, step)
        return grant is not None and grant.covers(post_area, area)

    def steps(self, post: str) -> tuple[str, ...]:
        """Every step the post may take somewhere, sorted."""
        return tuple(sorted(step for holder, step in self._grants if holder == post))

    def posts(self, step: str) -> tuple[str, ...]:
        """Every post that may take the step somewhere, sorted."""
        return tuple(sorted(post for post, granted in self._grants if granted == step))

    def __iter__(self) -> Iterator[Grant]:
        return iter(sorted(self._grants.values()))

    def __len__(self) -> int:
        return len(self._grants)
