"""What a process says of the network: the start of a program that records every use of it."""

from __future__ import annotations

SPEAKS = """
import json, sys
seen = []
NETWORK = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.")

def hook(event, arguments):
    if event.startswith(NETWORK):
        seen.append((event, str(arguments)))

sys.addaudithook(hook)
"""
