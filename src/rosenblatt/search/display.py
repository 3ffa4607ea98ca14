"""The picture of a search."""


class StructureSearchDisplay: ...
