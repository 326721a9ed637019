"""The Django application `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Registers the app under the label `cases`."""

    name = "minzheng.core.cases"
    label = "cases"
    verbose_name = "案件"
    default_auto_field = "django.db.models.BigAutoField"
