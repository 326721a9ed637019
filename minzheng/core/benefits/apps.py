"""The Django application `benefits`."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    """Registers the app under the label `benefits`."""

    name = "minzheng.core.benefits"
    label = "benefits"
    verbose_name = "待遇"
    default_auto_field = "django.db.models.BigAutoField"
