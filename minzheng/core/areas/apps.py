"""The Django application `areas`."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """Registers the app under the label `areas`."""

    name = "minzheng.core.areas"
    label = "areas"
    verbose_name = "行政区划"
    default_auto_field = "django.db.models.BigAutoField"
