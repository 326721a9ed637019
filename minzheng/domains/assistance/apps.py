"""The Django app of social assistance."""

from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    """Registered so that its templates and tests are found; it has no tables of its own yet."""

    name = "minzheng.domains.assistance"
    label = "assistance"
    verbose_name = "社会救助"
