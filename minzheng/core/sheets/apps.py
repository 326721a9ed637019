"""The Django application `sheets`."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """Registers the app under the label `sheets`, its kinds of jobs, and the end of results."""

    name = "minzheng.core.sheets"
    label = "sheets"
    verbose_name = "名单与表格"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from minzheng.core.jobs import kinds
        from minzheng.core.jobs.working import forgotten
        from minzheng.core.sheets import exporting, files

        kinds.register(kinds.Kind(exporting.KIND, "导出名单", "sheets.export", exporting.export))
        forgotten.connect(files.forget, dispatch_uid="minzheng.sheets.files")
