"""The Django app of social assistance."""

from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    """Registered so that its templates and tests are found; its tables are in `models`."""

    name = "minzheng.domains.assistance"
    label = "assistance"
    verbose_name = "社会救助"

    def ready(self) -> None:
        from minzheng.core.cases import papers
        from minzheng.domains.assistance.workflow import APPLY, REVIEW

        papers.ask(APPLY.key, "identity", "authorisation", page="case", own="mine-case")
        papers.ask(REVIEW.key, page="case")
