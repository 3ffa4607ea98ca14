"""The elements of a PMML document, without entities, and its connections as arrays of numbers."""

from __future__ import annotations

import array
import math
import re
from collections.abc import Iterator, Sequence
from sys import getsizeof
from typing import final
from xml.parsers import expat

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED, Source

__all__ = ["Element", "number_in", "number_of", "root_of"]

# At most, in CPython 3.11: an element beside its attributes and children, the list of these and a
# place there, a name that the parser keeps, and of a neuron the two arrays and an entry of both.
ELEMENT_BYTES, LIST_BYTES, CHILD_BYTES = 112, 96, 16
NAME_BYTES, ARRAYS_BYTES, CON_BYTES = 240, 240, 32
MOST_CHARACTERS = 10_000
LONG_TAG, MOST_ATTRIBUTES = re.compile(rb"<[^<>]{1000,}+"), 200
DEEPEST, LONGEST, CHUNK = 60, 60, 2**16


@final
class Element:
    """An element with its attributes and children; of a Constant the text, too.

    A Neuron has its connections in place of children: the numbers of their sources in
    `Document.ids`, and their weights.
    """

    __slots__ = ("attributes", "children", "sources", "tag", "text", "weights")

    def __init__(self, tag: str, attributes: list[str]) -> None:
        self.tag = tag
        # Names and values in turn, in one text: XML has no character 0, and a text beside each of
        # them would take more than what they say.
        self.attributes = "\0".join(attributes)
        self.children: Sequence[Element] = ()  # most have none, and a list takes as much as one
        self.text = ""
        self.sources: array.array[int] | None = None
        self.weights: array.array[float] | None = None

    def add(self, child: Element) -> None:
        if isinstance(self.children, list):
            self.children.append(child)
        else:
            self.children = [child]

    def get(self, name: str) -> str | None:
        """An attribute, None without it."""
        texts = self.attributes.split("\0")
        names = texts[::2]
        return texts[2 * names.index(name) + 1] if name in names else None

    def all(self, tag: str) -> Iterator[Element]:
        """The children of one tag."""
        return (child for child in self.children if child.tag == tag)

    def only(self, tag: str) -> Element | None:
        """The child of a tag, None without one; InputError for two."""
        found = list(self.all(tag))
        if len(found) > 1:
            raise InputError(f"the element {self.tag} has {tag} twice: {DAMAGED}")
        return found[0] if found else None


@final
class Document:
    """Builds the elements as the parser meets them."""

    def __init__(self, source: Source, ids: dict[str, int]) -> None:
        self.source, self.ids = source, ids
        self.stack: list[Element] = []
        self.root: Element | None = None
        self.names: set[str] = set()
        self.taken = 0

    def start(self, tag: str, attributes: list[str]) -> None:
        tag = tag.rpartition(":")[2]
        parent = self.stack[-1] if self.stack else None
        if tag == "Con" and parent is not None and parent.tag == "Neuron":
            self.connection(parent, attributes)
        element = Element(tag, attributes)
        if tag != "Con":
            self.taken += ELEMENT_BYTES + getsizeof(element.attributes)
            self.count_names(tag, *attributes[::2])
        if parent is None:
            self.root = element
        elif tag != "Con":
            self.taken += CHILD_BYTES if parent.children else LIST_BYTES
            parent.add(element)
        self.source.check_memory(self.taken, "its elements")
        if len(self.stack) >= DEEPEST:
            raise InputError(f"its elements are nested more than {DEEPEST} deep")
        self.stack.append(element)

    def count_names(self, *names: str) -> None:
        for name in names:
            if name not in self.names:
                self.names.add(name)
                self.taken += NAME_BYTES + len(name)

    def connection(self, neuron: Element, attributes: list[str]) -> None:
        con = Element("Con", attributes)
        origin = con.get("from")
        if origin is None:
            raise InputError(f"a connection has no source: {DAMAGED}")
        if neuron.sources is None or neuron.weights is None:
            neuron.sources, neuron.weights = array.array("q"), array.array("d")
            self.taken += ARRAYS_BYTES
        if origin not in self.ids:
            self.ids[origin] = len(self.ids)
            self.taken += NAME_BYTES + len(origin)
        neuron.sources.append(self.ids[origin])
        neuron.weights.append(number_in(con, "weight", f"the connection from {origin[:LONGEST]!r}"))
        self.taken += CON_BYTES

    def end(self, tag: str) -> None:
        self.stack.pop()

    def words(self, text: str) -> None:
        if self.stack and self.stack[-1].tag == "Constant":
            if len(self.stack[-1].text) + len(text) > MOST_CHARACTERS:
                raise InputError(
                    f"a Constant has more than {MOST_CHARACTERS:,} characters: {DAMAGED}"
                )
            self.taken += getsizeof(text)
            self.source.check_memory(self.taken, "its elements")
            self.stack[-1].text += text


def refuse(*parts: object) -> None:
    raise InputError("it declares a document type or an entity, which is not read: remove it")


def root_of(source: Source) -> tuple[Element, dict[str, int]]:
    """The root, and a number for each id that a connection comes from.

    Raises
    ------
    InputError
        If it is no well-formed XML, declares entities, or could take more memory than it may.
    """
    ids: dict[str, int] = {}
    document = Document(source, ids)
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler = document.start
    parser.EndElementHandler = document.end
    parser.CharacterDataHandler = document.words
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    data = source.data
    if any(found[0].count(b"=") > MOST_ATTRIBUTES for found in LONG_TAG.finditer(data)):
        raise InputError(f"an element has more than {MOST_ATTRIBUTES} attributes: {DAMAGED}")
    try:
        for at in range(0, len(data), CHUNK):
            parser.Parse(data[at : at + CHUNK], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"it is no well-formed XML: {DAMAGED}") from error
    if document.root is None:
        raise InputError(f"it has no element: {DAMAGED}")
    return document.root, ids


def number_in(element: Element, name: str, place: str, default: float | None = None) -> float:
    """An attribute that is a finite number."""
    text = element.get(name)
    if text is None and default is not None:
        return default
    return number_of(text or "", f"{name} of {place}")


def number_of(text: str, what: str) -> float:
    """A text that is a finite number."""
    try:
        number = float(text)
    except ValueError as error:
        raise InputError(f"{what} is no number: {DAMAGED}") from error
    if not math.isfinite(number) or "_" in text:
        raise InputError(f"{what} is not finite: train the network again")
    return number
