"""The command `rosenblatt`: train, predict, evaluate, inspect. A leaf: nothing else imports it."""
