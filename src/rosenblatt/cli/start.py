"""Start and end of the process: in between a signal ends the command in one line.

Ctrl-C raises KeyboardInterrupt, and a training keeps what it has come to; the exit code is 130.
What asks the process to end, as schedulers, `kill` and a terminal that is closed do, raises
`Terminated`: the command ends as soon as it can, keeps checkpoints alone, and has 128 and the
signal's number as its exit code. A second such signal waits for nothing.

Imports take most of a short command's time. An interrupt within one may come out as whatever the
module makes of it, and CPython ends a process by the signal, whatever was made of it, if code from
a string was running, as `dataclasses` runs some. So an import is not interrupted: the process ends.

Ctrl-C raises an exception within the command alone, as `work` runs it: before, the process ends,
and when the command is over, also where it was interrupted, another one comes too late: the exit
code stays that of what it has done.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from _thread import get_ident, interrupt_main, start_new_thread
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Final, NoReturn, TypeVar, final

from rosenblatt.cli.entry import (
    INTERRUPTED,
    INTERRUPTED_CODE,
    in_json,
    interrupt_at_start,
)
from rosenblatt.support.unfinished import remove_unfinished
from rosenblatt.support.wording import worded

__all__ = [
    "INTERRUPTED",
    "INTERRUPTED_CODE",
    "Terminated",
    "drop",
    "give_back_termination",
    "interrupted",
    "main",
    "note_saved",
    "tell",
    "work",
]

INTERRUPTED_LATE = "interrupted, after a file was saved"
LATER = 0.01  # seconds: nothing of the kind takes longer
SOME_TIME = 0.5  # seconds, in which threads without work end
BY_SIGNAL = 128  # of a command that a signal ended, and more by the signal's number
IMPORT = "<frozen importlib._bootstrap>"
# Windows has no SIGHUP, and SIGTERM within a process alone.
TERMINATION: Final = [
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
]

T = TypeVar("T")


@final
class Course:
    """How far the process has come."""

    is_begun = False  # with its command
    has_saved = False  # a file that stays


COURSE: Final = Course()


@final
class Terminated(BaseException):
    """A signal asks the process to end; no `except Exception` keeps it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name} before its work was done")
        self.code = BY_SIGNAL + number


def main() -> None:
    """Run the command that the process is for, and end the process."""
    handlers = (signal.default_int_handler, interrupt_at_start)
    if signal.getsignal(signal.SIGINT) in handlers:  # else it is ignored
        signal.signal(signal.SIGINT, interrupt)
    for number in TERMINATION:
        if signal.getsignal(number) is signal.SIG_DFL:  # else it is ignored, as by nohup
            signal.signal(number, Termination(os.getpid()))
    sys.unraisablehook = raise_later
    from rosenblatt.cli.app import run
    from rosenblatt.cli.hidden_pandas import hide_pandas
    from rosenblatt.cli.libraries import settle_libraries
    from rosenblatt.cli.whole_writes import write_whole

    try:
        write_whole()
        hide_pandas()
        settle_libraries()
        code = run(sys.argv[1:])
    except Terminated as ended:  # while something else was told
        code = ended.code
    end(code)


def work(command: Callable[[], T]) -> T:
    """Run a command, which Ctrl-C may interrupt."""
    COURSE.is_begun, COURSE.has_saved = True, False
    return command()


def note_saved() -> None:
    """A file was saved, which stays if the command is interrupted from now on."""
    COURSE.has_saved = True


def interrupted() -> str:
    """What is said of an interrupt."""
    return INTERRUPTED_LATE if COURSE.has_saved else INTERRUPTED


def interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt within a command; end the process before it, and within an import."""
    running = stack(frame)
    if end_at_once.__code__ in running:
        return
    if work.__code__ in running:
        if all(code.co_filename != IMPORT for code in running):
            raise KeyboardInterrupt
    elif COURSE.is_begun:
        return
    end_at_once(interrupted(), INTERRUPTED_CODE)


def raise_later(unraisable: sys.UnraisableHookArgs) -> None:
    """What a signal has raised where no exception goes on from, such as in `__del__`."""
    if isinstance(unraisable.exc_value, Terminated):
        end_at_once(str(unraisable.exc_value), unraisable.exc_value.code)
    if unraisable.exc_value is None or isinstance(unraisable.exc_value, Exception):
        sys.__unraisablehook__(unraisable)
        return

    main_thread = get_ident()

    def interrupt_again() -> None:
        time.sleep(LATER)
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(main_thread, signal.SIGINT)  # which ends a sleep
        else:
            interrupt_main()

    start_new_thread(interrupt_again, ())


@final
class Termination:
    """The handler of a signal that asks the process with this number to end."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._is_second = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self._process:  # a child by fork, which is not the command
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        ended = Terminated(number)
        running = stack(frame)
        is_told = tell.__code__ in running or end_at_once.__code__ in running
        if self._is_second or is_told or any(code.co_filename == IMPORT for code in running):
            end_at_once("" if is_told else str(ended), ended.code)
        self._is_second = True
        raise ended


def give_back_termination() -> None:
    """Have the system end the process again where a signal asks for it."""
    for number in TERMINATION:
        if isinstance(signal.getsignal(number), Termination):
            signal.signal(number, signal.SIG_DFL)


def end_at_once(message: str, code: int) -> NoReturn:
    """End within whatever is running, with this error unless it is ""."""
    remove_unfinished()
    with contextlib.suppress(OSError):  # a closed stream, a full disk
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        if message:
            os.write(2, f"{error_of(message)}\n".encode(encoding, "replace"))
        if message and "--json" in sys.argv:
            os.write(1, f"{in_json(message)}\n".encode())
    os._exit(code)


def stack(frame: FrameType | None) -> list[CodeType]:
    """The code that is running, the innermost first."""
    running = []
    while frame is not None:
        running.append(frame.f_code)
        frame = frame.f_back
    return running


def error_of(message: str) -> str:
    return worded("error: ") + worded(message)


def tell(error: str, result: str) -> None:
    """Write an error to standard error and its JSON, unless "", to standard output.

    Neither has to take it: the exit code tells the same.
    """
    for stream, text in ((sys.stderr, error), (sys.stdout, result)):
        if stream is not None and text:
            try:
                stream.write(f"{text}\n")
                stream.flush()
            except (OSError, ValueError):  # a closed pipe, a full disk
                drop(stream)


def drop(stream: Any) -> None:
    """Redirect a failing stream to the null device; Python would report an error at exit."""
    if stream is None:  # closed from the start
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def at_work() -> bool:
    """Whether there are threads whose end the interpreter would wait for, for some time."""
    threading = sys.modules.get("threading")
    if threading is None:
        return False
    others = [t for t in threading.enumerate() if t is not threading.main_thread()]
    until = time.monotonic() + SOME_TIME
    for thread in others:
        if not thread.daemon:
            thread.join(max(0, until - time.monotonic()))
    return any(thread.is_alive() and not thread.daemon for thread in others)


def end(code: int) -> NoReturn:
    """End with this exit code, whatever the interpreter remembers of a signal.

    Threads that a server has left at work are not waited for.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    give_back_termination()
    if code < BY_SIGNAL and not at_work():
        sys.exit(code)
    remove_unfinished()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(code)
