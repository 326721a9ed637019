"""What `minzheng month` does by files: facts out of the register, and determinations by Spark."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from minzheng.config.cluster.layout import FactsRefusal
from minzheng.kernel.money import yuan
from minzheng.kernel.periods import Month


def run(
    month: Month,
    engine: str,
    facts: Path | None,
    province: int | None,
    export: Path | None,
    start: Any,
    tell: Any,
) -> tuple[Any, list[str]]:
    """Do what was asked; the report for a machine and in lines for a person. `start` signs in to the
    database, for the export only. Raises Refusal.
    """
    if export is not None and (engine != "polars" or facts is not None or province is not None):
        raise FactsRefusal("--export-facts 是单独的一步，不能与 --engine、--facts、--province 同用。")
    if export is not None:
        start("engine")
        return _exported(month, export, tell)
    if engine != "spark" or facts is None:
        raise FactsRefusal("用 Spark 测算须同时写 --engine spark 和 --facts 目录；--province 只与它们同用。")
    return _determined(month, facts, province, tell)


def _exported(month: Month, folder: Path, tell: Any) -> tuple[Any, list[str]]:
    from minzheng.config.cluster import exporting
    from minzheng.config.database.exclusive import exclusive

    with exclusive("month"):
        counts = exporting.export(month, datetime.now(UTC), folder, tell)
    lines = [
        f"{province:02d} 省 {subject}：{rows['persons']} 人、{rows['households']} 户的事实已写入 {folder}。"
        for province, subjects in counts.items()
        for subject, rows in subjects.items()
    ]
    return counts, lines or ["登记册里没有家庭，没有写出事实。"]


def _determined(month: Month, folder: Path, province: int | None, tell: Any) -> tuple[Any, list[str]]:
    from minzheng.config.cluster import files
    from minzheng.kernel.cluster.session import session

    # What is wrong with the folder is said before Java is started.
    files.provinces(folder, month, province)
    spark = session()
    _law()
    from minzheng.config.cluster import running

    try:
        reports = running.run(month, folder, spark, tell, province)
    finally:
        spark.stop()
    lines = [
        f"{each.province:02d} 省：{each.rows} 条测算结果，符合条件 {each.eligible} 条，"
        f"每月 {yuan(each.amount)} 元，未定 {each.undetermined} 条；{each.seconds} 秒。"
        for each in reports
    ]
    return [asdict(each) for each in reports], lines


def _law() -> None:
    """The registered subjects and their law, without a database."""
    import os

    import django
    from django.apps import apps

    from minzheng.config.database.startup import SETTINGS

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if not apps.ready:
        django.setup()
    # The manifests import models: only now.
    from minzheng.config import modules

    modules.register()
