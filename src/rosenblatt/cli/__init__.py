"""The command `rosenblatt`: train, search, predict, evaluate, inspect.

A leaf: nothing else imports it.
"""
