"""The database: where it lives, how its server is started, who may sign in to it, and what is checked
before work.
"""
