"""`python -m minzheng.config` is the command `minzheng`."""

from minzheng.config.command import main

main(prog_name="minzheng")
