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
        from minzheng.core.sheets import accounts, exporting, files, importing

        kinds.register(kinds.Kind(exporting.KIND, "导出名单", "sheets.export", exporting.export))
        for key, label, run in (
            (importing.CHECK, "核对导入的表", importing.check),
            (importing.WRITE, "写入导入的表", importing.write),
            (importing.UNDO, "撤销导入", importing.undo),
            (importing.WRONG, "有误的行", importing.wrong),
        ):
            kinds.register(kinds.Kind(key, label, "sheets.import", run))
        self.sheets = (accounts.ACCOUNTS,)  # importing it declares it
        forgotten.connect(files.forget, dispatch_uid="minzheng.sheets.files")
