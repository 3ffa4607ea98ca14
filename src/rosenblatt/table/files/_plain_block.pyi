# The compiled parser of plain numbers. A test compares it with this file.

# (number of empty fields; buffers in the layout of Apache Arrow, the first one None where no field
# is empty)
Column = tuple[int, list[bytes | None]]

def parse(block: bytes, delimiter: str, kinds: bytes) -> tuple[int, list[Column]] | None: ...
