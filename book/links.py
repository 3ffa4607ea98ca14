"""Links of the built pages: each leads to a file that is there, and to a place in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["broken_links"]

# Attributes by which a browser loads something, whether a reader asks for it or not.
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("source", "src"), ("iframe", "src")}


class Page(HTMLParser):
    """The targets of a page, and the places that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str, str]] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name in {"href", "src"}:
                self.links.append((tag, name, value))
            elif value and name in {"id", "name"}:
                self.places.add(value)


@cache
def read(file: Path) -> Page:
    page = Page()
    page.feed(file.read_text("utf-8"))
    return page


def broken_links(folder: Path, sites: Sequence[str]) -> list[str]:
    """A line for each link that leads nowhere, and for each thing loaded from the network."""
    problems = []
    for file in sorted(file for site in sites for file in (folder / site).rglob("*.html")):
        for tag, name, target in read(file).links:
            parts = urlsplit(target)
            shown = f"{file.relative_to(folder)}: {target}"
            if parts.scheme or parts.netloc:
                if (tag, name) in LOADED and parts.scheme != "data":
                    problems.append(f"{shown} is loaded from the network")
                continue
            aim = file.parent / unquote(parts.path) if parts.path else file
            if not aim.resolve().is_file():
                problems.append(f"{shown} is not there")
            elif (
                parts.fragment
                and aim.suffix == ".html"
                and unquote(parts.fragment) not in read(aim.resolve()).places
            ):
                problems.append(f"{shown}: there is no such place in that page")
    return problems
