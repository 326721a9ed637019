"""Figures computed from records, and how they stand beside the stated ones."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """The figures of every registered subject."""

    name = "minzheng.core.indicators"
    label = "indicators"
    verbose_name = "指标"
    default_auto_field = "django.db.models.BigAutoField"
