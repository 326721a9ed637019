"""What Spark says when it fails, told in a sentence. It knows no Spark, so that it is there without it."""

import re

from minzheng.kernel.rules.units import RuleRefusal

FAULT = "minzheng-fault:"
KNOWN = (
    (r"is not a Parquet file|CANNOT_READ_FILE_FOOTER|Could not read footer|magic number|CANNOT_READ_FILE|"
     r"Malformed|corrupt", "文件 {file} 不是完整的 Parquet 文件，请重新导出这一部分"),
    (r"PATH_NOT_FOUND|FileNotFoundException|FILE_NOT_EXIST", "文件 {file} 在处理时不见了，请核对后再运行"),
    (r"No space left on device", "磁盘已满，请清出空间（Spark 的临时目录是 spark.local.dir）后再运行"),
    (r"Permission denied|AccessControlException", "没有权限读写 {file}，请核对目录的权限"),
    (r"OutOfMemoryError|GC overhead", "内存不够，请调大 spark.driver.memory 或 spark.executor.memory"),
    (r"UNABLE_TO_INFER_SCHEMA", "目录里没有可读的 Parquet 文件，请先导出事实"),
    (r"SCHEMA_MISMATCH|cannot be converted|FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
     "文件 {file} 的列类型与其他文件不同，请重新导出这一部分"),
)  # fmt: skip


def told(message: str, work: str) -> RuleRefusal | str:
    """A refusal of the rules in its own words, or a sentence about the surroundings."""
    if FAULT in message:
        return RuleRefusal(message.split(FAULT, 1)[1].split("#", 1)[0])
    path = re.search(r"file:(/[^\s:,;'\"]+\.parquet)", message)
    for pattern, sentence in KNOWN:
        if re.search(pattern, message):
            return f"{work}没有完成：{sentence.format(file=path[1] if path else '')}。"
    return f"{work}没有完成：Spark 说“{first_line(message)}”。"


def first_line(error: object) -> str:
    """The first line of what an error says, shortened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__
