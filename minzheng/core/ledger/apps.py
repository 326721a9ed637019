"""The Django application `ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers the app under the label `ledger`."""

    name = "minzheng.core.ledger"
    label = "ledger"
    verbose_name = "资金台账"
    default_auto_field = "django.db.models.BigAutoField"
