"""The Django application `portal`: the face of the platform."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Layout, sign-in and the pages that join subjects; it has no tables."""

    name = "minzheng.portal"
    label = "portal"
    verbose_name = "门户"
