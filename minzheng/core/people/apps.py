"""The Django application `people`."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers the app under the label `people`."""

    name = "minzheng.core.people"
    label = "people"
    verbose_name = "人员与家庭"
    default_auto_field = "django.db.models.BigAutoField"
