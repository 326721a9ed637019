"""The Django application `audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the app under the label `audit`."""

    name = "minzheng.core.audit"
    label = "audit"
    verbose_name = "审计"
    default_auto_field = "django.db.models.BigAutoField"
