"""The cluster reading: the same trees as Spark SQL, for where one machine is no longer enough.

Only `config.cluster` imports it; the readings of one machine know nothing of Spark, which is an extra
(`pip install minzheng[cluster]`, Java 17 or newer).
"""
