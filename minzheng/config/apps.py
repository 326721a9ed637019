"""Django's view of the start-up: rights are given before and after each `migrate`."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate


class ConfigConfig(AppConfig):
    name = "minzheng.config"
    label = "config"
    verbose_name = "启动"

    def ready(self) -> None:
        from minzheng.config.database import grants

        # Django signals only apps that have models, once each; one of them is enough for the whole database.
        sender = apps.get_app_config("contenttypes")
        pre_migrate.connect(grants.before, sender=sender, dispatch_uid="minzheng.grants.before")
        post_migrate.connect(grants.after, sender=sender, dispatch_uid="minzheng.grants.after")
