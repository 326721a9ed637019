"""A month's determinations by Spark, from facts in files: a shard is a province. See
docs/explanation/nation.md.

`exporting` takes facts out of the register, `files` reads and checks them, `determining` runs the law over
them, `running` puts the results in place. Nothing is imported here: whoever exports needs no Spark, and
whoever computes needs no database.
"""
