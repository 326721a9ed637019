"""Users, the dated posts they hold in areas, who stands in for whom, and where somebody is signed in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q


class UserManager(BaseUserManager["User"]):
    """Finds users by their sign-in name; making one is an action (`access.actions`)."""


class User(AbstractBaseUser):
    """One account. Two accounts of one person carry the same `natural_person`, which segregation compares.

    After `failures` wrong passwords in a row it is locked until `locked_until`.
    """

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=50)
    natural_person = models.CharField(max_length=64, db_index=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    failures = models.SmallIntegerField(default=0, db_default=0)
    locked_until = models.DateTimeField(null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "natural_person"]

    def __str__(self) -> str:
        return self.name


class Given(models.Model):
    """What an administrator gives: by whom, confirmed by whom; while `waiting` it gives no right."""

    area = models.BigIntegerField()
    valid = DateRangeField()
    waiting = models.BooleanField(default=False, db_default=False)
    appointed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Post(Given):
    """A user's duty in an area over a range of days; `key` is one of `access.grants.POSTS`.

    `person` is who in the register a resident is, or for whom a relative acts; None for officers.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    key = models.CharField(max_length=40)
    person = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="post_once", fields=["user", "key", "area", "valid"]),
            models.CheckConstraint(
                name="post_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("appointed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.area}"


class Substitution(Given):
    """Who stands in for the holder of a post over a range of days; `area` is the post's."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="substitutions")
    stand_in = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="substitution_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("appointed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stand_in_id} for post {self.post_id}"


class Seat(models.Model):
    """One place where a user is signed in: the key of the session, since when, in what kind of browser."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=60)
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.browser}"
