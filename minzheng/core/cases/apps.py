"""The Django application `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Registers the app under the label `cases`."""

    name = "minzheng.core.cases"
    label = "cases"
    verbose_name = "案件"

    def ready(self) -> None:
        from minzheng.core.cases import papers
        from minzheng.core.documents import subjects

        subjects.register(papers.ABOUT, papers.find)

    default_auto_field = "django.db.models.BigAutoField"
