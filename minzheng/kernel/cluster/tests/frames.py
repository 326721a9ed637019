"""Polars frames as Spark reads them: by way of Parquet files, as in use."""

from pathlib import Path
from tempfile import mkdtemp

import polars as pl
from pyspark.sql import DataFrame, SparkSession


def to_spark(spark: SparkSession, frame: pl.DataFrame, folder: Path) -> DataFrame:
    path = Path(mkdtemp(dir=folder)) / "frame.parquet"
    frame.write_parquet(path)
    return spark.read.parquet(str(path))


def to_polars(frame: DataFrame, folder: Path, *order: str) -> pl.DataFrame:
    path = Path(mkdtemp(dir=folder)) / "out"
    frame.write.parquet(str(path))
    found = pl.concat([pl.read_parquet(each) for each in sorted(path.glob("*.parquet"))])
    return found.sort(*order) if order else found
