"""The Django application `portal`: the face of the platform."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Layout, sign-in and the pages that join subjects; it has no tables."""

    name = "minzheng.portal"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        from minzheng.core.documents import subjects
        from minzheng.portal.lists import changes, families, money
        from minzheng.portal.reads import papers

        subjects.register("household", papers.household)
        # Importing them declares the lists, which the worker of jobs must know too.
        self.lists = (families.HOUSEHOLDS, money.LINES, money.FAILED, changes.CHANGES)
