"""The language of what the command line shows."""
