"""Runs one command line: an error becomes one sentence and an exit code.

0 = success; 1 = a bug in rosenblatt; 2 = invalid input; 130 = interrupted; 143 and 129 = ended by
SIGTERM and SIGHUP.
"""

from __future__ import annotations

import errno
import gc
import io
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rosenblatt.cli.languages.choice import divided, language_of, words_of
from rosenblatt.cli.start import (
    INTERRUPTED_CODE,
    Terminated,
    drop,
    interrupted,
    tell,
    work,
)
from rosenblatt.errors import InputError, clipped
from rosenblatt.support.optional_dependencies import EXTRAS, install_command
from rosenblatt.support.plain_text import printable
from rosenblatt.support.wording import worded, wording

if TYPE_CHECKING:
    from rosenblatt.cli.job import Job


NO_THREAD = "can't start new thread"  # Python's words, in a RuntimeError
MORE_FILES = "no more files may be open: close some, or raise their limit (ulimit -n)"
MORE_THREADS = (
    "the system starts no more threads: raise its limit (ulimit -u, or that of the container), or"
    " take fewer by --jobs 1 and OPENBLAS_NUM_THREADS=1"
)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Characters that the terminal cannot encode become question marks.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    asked_for, others = divided(arguments)
    try:
        language = language_of(asked_for, os.environ)
    except InputError as error:
        return _fail(str(error), others)
    with wording(words_of(language)):
        return _run(others)


def _run(arguments: Sequence[str]) -> int:
    try:
        return work(lambda: _dispatch(arguments))
    except InputError as error:
        return _fail(str(error), arguments)
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name not in EXTRAS:
            raise
        return _fail(f"the command line needs {name}: {install_command(name)}", arguments)
    except BrokenPipeError:
        drop(sys.stdout)  # the reader, such as `head`, has closed the pipe
        return 0
    except OSError as error:
        what = error.strerror or error
        if isinstance(error, FileNotFoundError) and error.filename is None:
            return _fail("the current folder has been removed: change to another one", arguments)
        if error.filename is None and error.errno in (errno.EMFILE, errno.ENFILE):
            return _fail(MORE_FILES, arguments)
        if error.filename is None:
            drop(sys.stdout)
            return _fail(f"standard output cannot be written: {what}", ())
        path = os.fsdecode(error.filename)
        return _fail(f"the system reports an error of {path}: {what}", arguments)
    except MemoryError:
        return _fail(out_of_memory(arguments), arguments)
    except KeyboardInterrupt as interrupt:
        _fail(str(interrupt) or interrupted(), arguments)
        return INTERRUPTED_CODE
    except Terminated as ended:
        _fail(str(ended), arguments)
        return ended.code
    except Exception as error:
        if str(error) == NO_THREAD:
            return _fail(MORE_THREADS, arguments)
        traceback.print_exc()
        _fail("this is a bug in rosenblatt, please report it with the lines above", arguments)
        return 1


def out_of_memory(arguments: Sequence[str]) -> str:
    """With what makes this command take less."""
    command = next((word for word in arguments if not word.startswith("-")), None)
    if command in ("train", "search"):
        return "out of memory: use fewer rows or a smaller network"
    if command in ("look", "predict", "evaluate", "explain"):
        return "out of memory: use a table of fewer rows or columns"
    return "out of memory: free some, or raise the limit of this process (ulimit -v)"


def _dispatch(arguments: Sequence[str]) -> int:
    with _uncollected():
        job = _parsed(arguments)
    if isinstance(job, int):
        return job
    job()
    return 0


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collections, which find nothing among imports and take a tenth of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _parsed(arguments: Sequence[str]) -> Job | int:
    """What the command line asks for, or an exit code where it is done: --help and the like."""
    from typer.exceptions import TyperException
    from typer.main import get_command

    from rosenblatt.cli.completion import COMPLETION, check_shells, check_word_request
    from rosenblatt.cli.job import Job
    from rosenblatt.cli.languages.help import word_help
    from rosenblatt.cli.overview import COMMANDS, overview

    # Without --lang, the options before a subcommand take no values: the first word is its name.
    command = next((word for word in arguments if not word.startswith("-")), None)
    if COMPLETION in os.environ:
        check_word_request()
    if command in COMMANDS or COMPLETION in os.environ:
        from rosenblatt.cli.interface import app
    else:
        app = overview()
    whole = get_command(app)
    word_help(whole)
    check_shells(whole)
    try:
        job = whole(list(arguments) or ["--help"], "rosenblatt", standalone_mode=False)
    except TyperException as error:
        raise InputError(f"{error.format_message().rstrip('.')}: see rosenblatt --help") from error
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # rich exits with 1, of the help alone
            return 0
        raise
    if job == INTERRUPTED_CODE:  # the parser has caught it
        raise KeyboardInterrupt
    return job if isinstance(job, Job) else int(job)


def _fail(message: str, arguments: Sequence[str]) -> int:
    """Print an error, with --json also as JSON; returns the exit code for invalid input."""
    message = clipped(message)
    tell(
        worded("error: ") + worded(printable(message)),
        json.dumps({"error": message}) if "--json" in arguments else "",
    )
    return 2
