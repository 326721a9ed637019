"""An administrator's deeds: appoint, end, substitute, confirm another's, unlock, reset a second factor.

Nobody touches their own rights, whatever account they use; the database says so too (migration 0004). A post
that decides on money or on rights is given by two: one proposes, another natural person confirms. Posts that
one person must not hold together in one area are refused (`duties.incompatible`).
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from minzheng.core.access import duties, factors, reads, seats
from minzheng.core.access.actor import Actor, ActRefusal, MissingRefusal, StaleRefusal, allowed
from minzheng.core.access.grants import LEVELS, POSTS, PRIVATE, STRONG
from minzheng.core.access.models import Given, Post, Substitution, User
from minzheng.core.access.scope import Scope, for_purpose
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.kernel.areas import contains
from minzheng.kernel.errors import Refusal

LONGEST_SUBSTITUTION = timedelta(days=183)
LEVEL_WORDS = {1: "省", 2: "州市", 3: "县", 4: "乡镇", 5: "村"}


class AppointRefusal(Refusal):
    """Something about what was typed is wrong; `field` says what."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def appoint(
    scope: Scope, username: str, key: str, area: int, since: date, until: date | None = None
) -> tuple[int, bool]:
    """Give somebody a post: (its key, whether another administrator must confirm it).

    Raises ActRefusal (not allowed, oneself, held already, incompatible) and AppointRefusal (a wrong field).
    """
    who = allowed(scope, "rights.appoint")
    if key not in POSTS or key in PRIVATE:
        raise AppointRefusal("post", "请选一个岗位。")
    _place(scope, key, area)
    if until is not None and until <= since:
        raise AppointRefusal("until", "结束日期应晚于开始日期。")
    with transaction.atomic():
        user = _user(username, who)
        valid = DateRange(since, until)
        if Post.objects.filter(user=user, key=key, area=area, valid__overlap=valid).exists():
            raise StaleRefusal(f"{user.name}在这段时间已经有这个岗位。")
        _compatible(user, key, area, valid)
        for_purpose(f"任命{POSTS[key]}")
        made = Post.objects.create(
            user=user, key=key, area=area, valid=valid, waiting=key in STRONG, appointed_by_id=who.user
        )
        return made.pk, made.waiting


def end(scope: Scope, post: int, until: date) -> None:
    """End a post from the day `until` on, its substitutions with it; what has not begun never was."""
    who = allowed(scope, "rights.appoint")
    with transaction.atomic():
        found = _post(scope, post)
        _other(found.user, who)
        if until < today():
            raise AppointRefusal("until", "结束日期不能早于今天：已经办过的事不能改成无权办理。")
        if found.valid.upper is not None and until >= found.valid.upper:
            raise StaleRefusal("这个岗位在那之前已经结束。")
        for_purpose(f"结束{POSTS[found.key]}")
        for each in (found, *Substitution.objects.filter(post=found)):
            _shorten(each, until)


def substitute(scope: Scope, post: int, username: str, since: date, until: date) -> tuple[int, bool]:
    """Let somebody stand in for the holder of a post: (its key, whether another must confirm it)."""
    who = allowed(scope, "rights.appoint")
    if not since < until <= since + LONGEST_SUBSTITUTION:
        raise AppointRefusal("until", "顶岗须写明起止日期，最长六个月；更久的请任命岗位。")
    with transaction.atomic():
        found = _post(scope, post)
        user = _user(username, who)
        valid = DateRange(since, until)
        if user.natural_person == found.user.natural_person:
            raise AppointRefusal("username", "顶岗的应是另一个人。")
        if Substitution.objects.filter(post=found, stand_in=user, valid__overlap=valid).exists():
            raise StaleRefusal(f"{user.name}在这段时间已经顶这个岗位。")
        _compatible(user, found.key, found.area, valid)
        for_purpose(f"顶岗{POSTS[found.key]}")
        made = Substitution.objects.create(
            post=found, stand_in=user, area=found.area, valid=valid, waiting=found.key in STRONG,
            appointed_by_id=who.user,
        )  # fmt: skip
        return made.pk, made.waiting


def end_substitution(scope: Scope, substitution: int) -> None:
    """The holder is back: from today on nobody stands in."""
    who = allowed(scope, "rights.appoint")
    with transaction.atomic():
        found = _substitution(scope, substitution)
        _other(found.stand_in, who)
        for_purpose("结束顶岗")
        _shorten(found, today())


def confirm(scope: Scope, post: int, accept: bool) -> None:
    """Confirm or refuse what another administrator proposed for a post."""
    with transaction.atomic():
        found = _post(scope, post)
        _confirm(scope, found, found.user, accept)


def confirm_substitution(scope: Scope, substitution: int, accept: bool) -> None:
    """The same for somebody who is to stand in."""
    with transaction.atomic():
        found = _substitution(scope, substitution)
        _confirm(scope, found, found.stand_in, accept)


def unlock(scope: Scope, user: int) -> None:
    """Let somebody in again whom wrong passwords have locked out."""
    allowed(scope, "rights.unlock")
    found = _known(scope, user)
    User.objects.filter(pk=found.pk).update(failures=0, locked_until=None)


def reset_factor(scope: Scope, user: int) -> None:
    """Forget a second factor that was lost; its owner is signed out everywhere and enrols a new one."""
    who = allowed(scope, "rights.reset_factor")
    found = _known(scope, user)
    _other(found, who)
    if not factors.reset(found.pk):
        raise StaleRefusal("这个人没有启用第二因素。")
    seats.end_others(found.pk, None)


def is_locked(user: int) -> bool:
    """Whether wrong passwords keep this account out just now."""
    return User.objects.filter(pk=user, locked_until__gt=timezone.now()).exists()


def _confirm(scope: Scope, found: Given, gains: User, accept: bool) -> None:
    who = allowed(scope, "rights.confirm")
    if not found.waiting or found.valid.isempty:
        raise StaleRefusal("这项任命已经办理过，请刷新后再看。")
    _other(gains, who)
    proposer = found.appointed_by
    proposed = [("rights.appoint", proposer.natural_person)] if proposer else []
    duties.keep_apart("rights.confirm", who.natural_person, proposed)
    for_purpose("确认任命" if accept else "不同意任命")
    if accept:
        found.waiting, found.confirmed_by_id = False, who.user
        found.save(update_fields=["waiting", "confirmed_by"])
    else:
        found.valid = DateRange(empty=True)
        found.save(update_fields=["valid"])


def _place(scope: Scope, key: str, area: int) -> None:
    levels = LEVELS[key]
    try:
        place = areas.area(area)
    except (areas.AreaRefusal, areas.UnknownAreaRefusal) as refusal:
        raise AppointRefusal("area", "没有这个区划，请核对12位代码。") from refusal
    if not scope.holds(area):
        raise AppointRefusal("area", "这个区划不在您的管辖范围内。")
    if place.level not in levels:
        words = "、".join(LEVEL_WORDS[each] for each in levels)
        raise AppointRefusal("area", f"“{POSTS[key]}”应设在{words}一级，请换一个区划。")


def _user(username: str, who: Actor) -> User:
    found = User.objects.filter(username=username.strip(), is_active=True).first()
    if found is None:
        raise AppointRefusal("username", "没有这个登录名，请核对；新人员先开账号。")
    _other(found, who)
    return found


def _other(user: User, who: Actor) -> None:
    if user.natural_person == who.natural_person:
        raise ActRefusal("不能办理自己的岗位和登录（换账号也不行），请由另一名系统管理员办理。")


def _post(scope: Scope, key: int) -> Post:
    found = Post.objects.select_related("user", "appointed_by").filter(pk=key).first()
    if found is None or not scope.holds(found.area):
        raise MissingRefusal("找不到这个岗位。")
    return found


def _substitution(scope: Scope, key: int) -> Substitution:
    found = Substitution.objects.select_related("stand_in", "appointed_by", "post").filter(pk=key).first()
    if found is None or not scope.holds(found.area):
        raise MissingRefusal("找不到这项顶岗。")
    return found


def _known(scope: Scope, user: int) -> User:
    """A user who holds or held a post within the scope."""
    held = Post.objects.filter(user_id=user).values_list("area", flat=True)
    found = User.objects.filter(pk=user).first() if any(scope.holds(area) for area in held) else None
    if found is None:
        raise MissingRefusal("找不到这个人。")
    return found


def _shorten(given: Given, until: date) -> None:
    if given.valid.isempty or (given.valid.upper is not None and given.valid.upper <= until):
        return
    begun = given.valid.lower is None or given.valid.lower < until
    given.valid = DateRange(given.valid.lower, until) if begun else DateRange(empty=True)
    given.save(update_fields=["valid"])


def _compatible(user: User, key: str, area: int, valid: DateRange) -> None:
    """Refuse a post beside another of the same natural person that duties keep apart, in an area of both."""
    same = User.objects.filter(natural_person=user.natural_person).values_list("pk", flat=True)
    for other, place in sorted(reads.held_during(list(same), valid.lower, valid.upper)):
        if contains(place, area) or contains(area, place):
            why = duties.incompatible(key, other)
            if why:
                raise ActRefusal(
                    f"{user.name}在同一地区已有“{POSTS[other]}”岗位，与“{POSTS[key]}”不相容：{why}。请另选他人。"
                )
