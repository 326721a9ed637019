"""Twelve rules of a household programme over a province: our columns, OpenFisca-Core and a hand-written
NumPy floor.
"""
