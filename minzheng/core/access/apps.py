"""The Django application `access`."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the app under the label `access`."""

    name = "minzheng.core.access"
    label = "access"
    verbose_name = "用户与权限"
    default_auto_field = "django.db.models.BigAutoField"
