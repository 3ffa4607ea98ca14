"""The console script: Ctrl-C is answered before anything else is imported.

Python has its own answer until it has started and the package itself is imported, which therefore
imports nothing that takes longer than this.
"""

# Without the enumerations of signal, whose import takes several times as long as all of this.
import _signal  # type: ignore[import-not-found]
import os
import sys

__all__ = ["INTERRUPTED", "INTERRUPTED_CODE", "in_json", "interrupt_at_start", "main"]

INTERRUPTED, INTERRUPTED_CODE = "interrupted, and nothing was saved", 130


def main() -> None:
    """The command `rosenblatt`."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:  # else it is ignored
        _signal.signal(_signal.SIGINT, interrupt_at_start)
    from rosenblatt.cli import start

    start.main()


def interrupt_at_start(number: int, frame: object) -> None:
    """End the process, of which no more is there yet than this."""
    try:
        os.write(2, f"error: {INTERRUPTED}\n".encode())
        if "--json" in sys.argv:
            os.write(1, f"{in_json(INTERRUPTED)}\n".encode())
    except OSError:  # a closed stream, a full disk
        pass
    os._exit(INTERRUPTED_CODE)


def in_json(message: str) -> str:
    return f'{{"error": "{message}"}}'
