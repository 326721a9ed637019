"""One small Spark for all tests of the cluster reading."""

import pytest

from minzheng.kernel.cluster import session

SMALL = {
    "spark.master": "local[2]",
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture(scope="session")
def spark():
    return session.session(SMALL)
