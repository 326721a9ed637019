"""The Django application `access`."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the app under the label `access`."""

    name = "minzheng.core.access"
    label = "access"
    verbose_name = "用户与权限"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A session is counted from the sign-in on."""
        from django.contrib.auth.signals import user_logged_in

        from minzheng.core.access import seats

        user_logged_in.connect(seats.began, dispatch_uid="access.sessions")
