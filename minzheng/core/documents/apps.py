"""The Django application `documents`."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Registers the app under the label `documents`."""

    name = "minzheng.core.documents"
    label = "documents"
    verbose_name = "材料"
    default_auto_field = "django.db.models.BigAutoField"
