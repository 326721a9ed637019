"""The Django application `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers the app under the label `jobs`."""

    name = "minzheng.core.jobs"
    label = "jobs"
    verbose_name = "后台任务"
    default_auto_field = "django.db.models.BigAutoField"
