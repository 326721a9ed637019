"""Toy books of law for the tests of the rules."""
