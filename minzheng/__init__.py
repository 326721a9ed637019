"""Minzheng (民政): the civil-affairs platform of one Chinese province."""

__version__ = "0.1.0"
