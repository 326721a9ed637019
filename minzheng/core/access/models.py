"""Users and the dated posts they hold in areas."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import DateRangeField
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Finds users by their sign-in name; making one is an action (`access.actions`)."""


class User(AbstractBaseUser):
    """One account. Two accounts of one person carry the same `natural_person`, which segregation compares."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=50)
    natural_person = models.CharField(max_length=64, db_index=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "natural_person"]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A user's duty in an area over a range of days; `key` is one of `access.grants.POSTS`."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    key = models.CharField(max_length=40)
    area = models.BigIntegerField()
    valid = DateRangeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="post_once", fields=["user", "key", "area", "valid"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.area}"
