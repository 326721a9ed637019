"""The Django application `notices`."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers the app under the label `notices`."""

    name = "minzheng.core.notices"
    label = "notices"
    verbose_name = "消息与文书"
    default_auto_field = "django.db.models.BigAutoField"
