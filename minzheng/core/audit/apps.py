"""The Django application `audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the app under the label `audit`; refusals of the web reach the access log from here."""

    name = "minzheng.core.audit"
    label = "audit"
    verbose_name = "审计"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from minzheng.core.access.middleware import refused
        from minzheng.core.audit.actions import log_refusal

        refused.connect(log_refusal, dispatch_uid="minzheng.audit.refusal")
