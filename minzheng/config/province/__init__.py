"""The demonstration province: drawn, judged by the law, trimmed to its quotas, loaded. Everything in it is
演示.
"""
