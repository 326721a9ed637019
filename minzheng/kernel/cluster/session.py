"""The way to Spark: a session with what the reading relies on, or a sentence that says what is missing."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from minzheng.kernel.cluster import faults
from minzheng.kernel.errors import Refusal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA = 17
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
}
"""Dates as in the proleptic calendar, as every other reader of the same files has them."""


class ClusterRefusal(Refusal):
    """Spark or Java is missing, or the work on it failed."""

    exit_code = 1


def session(settings: Mapping[str, str] | None = None) -> "SparkSession":
    """The process's session. Which cluster it is, and how large, Spark's own configuration says
    (`SPARK_CONF_DIR`, `PYSPARK_SUBMIT_ARGS`); without any it is this machine. Raises ClusterRefusal.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise ClusterRefusal(
            "没有安装 Spark，不能用 --engine spark。"
            "请安装可选部分：pip install --require-hashes -r requirements/cluster.txt"
        ) from None
    require_java()
    builder = SparkSession.builder.appName("minzheng")
    for key, value in {**SETTINGS, **(settings or {})}.items():
        builder = builder.config(key, value)
    arguments = os.environ.get("PYSPARK_SUBMIT_ARGS", "")
    if "--master" not in arguments and "SPARK_CONF_DIR" not in os.environ:
        # Alone on this machine nothing need be found by name.
        builder = builder.config("spark.driver.host", "127.0.0.1").config(
            "spark.driver.bindAddress", "127.0.0.1"
        )
    try:
        return builder.getOrCreate()
    except Exception as error:
        raise ClusterRefusal(
            f"Spark 没有启动：{faults.first_line(error)}。请检查 Java 与 Spark 的设置。"
        ) from error


def require_java() -> None:
    """Raises ClusterRefusal when there is no Java, or it is too old."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    wanted = f"请安装 Java {OLDEST_JAVA} 或更新的版本（Debian：apt-get install openjdk-17-jre-headless）"
    if java is None or not Path(java).exists():
        where = f"JAVA_HOME 所指的 {home} 里" if home else "这台机器上"
        raise ClusterRefusal(f"{where}没有 Java，不能用 --engine spark。{wanted}，或设好 JAVA_HOME。")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise ClusterRefusal(f"{java} 不能用：{said.splitlines()[0] if said else '没有回答版本'}。{wanted}。")


@contextmanager
def spoken(work: str) -> Iterator[None]:
    """What goes wrong in Spark inside, as a sentence: a fault of the rules in its own words. Raises
    RuleRefusal, ClusterRefusal.
    """
    try:
        yield
    except Refusal:
        raise
    except Exception as error:
        if not type(error).__module__.startswith(("pyspark", "py4j")):
            raise
        told = faults.told(str(error), work)
        if isinstance(told, str):
            raise ClusterRefusal(told) from error
        raise told from error
