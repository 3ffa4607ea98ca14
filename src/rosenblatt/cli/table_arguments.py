"""The options that say how a table is written, for every command that reads one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, final

import typer

from rosenblatt.cli.arguments import GIVEN_FILE
from rosenblatt.errors import InputError
from rosenblatt.table.columns_file import read_columns
from rosenblatt.table.format import ColumnKind, TableFormat

__all__ = ["TableArguments"]

PANEL = "How the table is written; detected if not given"
SPECIAL = {"\\t": "\t", "tab": "\t", "space": " ", "none": ""}


@final
@dataclass(frozen=True, kw_only=True)
class TableArguments:
    """The values of these options. Fields are declared as typer expects parameters."""

    encoding: Annotated[
        str | None, typer.Option(help="Character encoding of a text file.", rich_help_panel=PANEL)
    ] = None
    delimiter: Annotated[
        str | None,
        typer.Option(help="What separates a text file's columns.", rich_help_panel=PANEL),
    ] = None
    quote: Annotated[
        str | None,
        typer.Option(help="Around fields, such as \" or '; none = none.", rich_help_panel=PANEL),
    ] = None
    no_header: Annotated[
        bool,
        typer.Option("--no-header", help="The first line is a row.", rich_help_panel=PANEL),
    ] = False
    names: Annotated[
        str | None,
        typer.Option(help="Names of the columns, separated by commas.", rich_help_panel=PANEL),
    ] = None
    skip: Annotated[
        int, typer.Option(help="Lines to leave out at the start.", rich_help_panel=PANEL)
    ] = 0
    comment: Annotated[
        str | None,
        typer.Option(help="What comment lines begin with, such as #.", rich_help_panel=PANEL),
    ] = None
    decimal: Annotated[
        str | None, typer.Option(help="The decimal sign, . or ,.", rich_help_panel=PANEL)
    ] = None
    thousands: Annotated[
        str | None,
        typer.Option(help="What groups thousands: , . ' _ space or none.", rich_help_panel=PANEL),
    ] = None
    missing: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD", help="A word that means a missing cell.", rich_help_panel=PANEL
        ),
    ] = None
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD",
            help="A word that does not, such as NA for Namibia.",
            rich_help_panel=PANEL,
        ),
    ] = None
    date_order: Annotated[
        str | None,
        typer.Option(help="day-first, month-first or year-first.", rich_help_panel=PANEL),
    ] = None
    durations: Annotated[
        str | None,
        typer.Option(
            help="What 12:34 is: hours:minutes or minutes:seconds.", rich_help_panel=PANEL
        ),
    ] = None
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=KIND",
            help="What a column is: number, category, date, text or drop.",
            rich_help_panel=PANEL,
        ),
    ] = None
    drop: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A column to leave out: NAME=drop in short.", rich_help_panel=PANEL
        ),
    ] = None
    columns: Annotated[
        Path | None,
        typer.Option(
            help="A file of these; `rosenblatt inspect --columns` prints one.",
            rich_help_panel=PANEL,
            **GIVEN_FILE,
        ),
    ] = None

    def format(self) -> TableFormat:
        """What these options say. Raises InputError for values that are none."""
        kinds = dict(read_columns(self.columns)) if self.columns is not None else {}
        kinds |= dict(kind_of(text) for text in self.column or ())
        kinds |= dict.fromkeys(self.drop or (), ColumnKind.DROP)
        return TableFormat(
            encoding=self.encoding,
            delimiter=self.delimiter,
            quote=sign(self.quote),
            header=False if self.no_header else None,
            names=() if self.names is None else tuple(n.strip() for n in self.names.split(",")),
            skip=self.skip,
            comment=self.comment,
            decimal=self.decimal,
            thousands=sign(self.thousands),
            missing=tuple(self.missing or ()),
            keep=tuple(self.keep or ()),
            date_order=self.date_order,
            durations=self.durations,
            columns=kinds,
        )


def sign(text: str | None) -> str | None:
    return text if text is None else SPECIAL.get(text, text)


def kind_of(text: str) -> tuple[str, ColumnKind]:
    """'zip=category' → its name and kind; the name may hold = itself."""
    name, equals, kind = text.rpartition("=")
    if not equals or not name:
        raise InputError(f"--column {text!r} is not NAME=KIND: write it like --column zip=category")
    return name, ColumnKind.named(kind.strip())
