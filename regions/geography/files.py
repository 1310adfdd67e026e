"""Read one CSV file cell by cell, and say exactly where it is broken."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from regions.plain_text import clean


class BrokenFile(Exception):
    """A file cannot be loaded. Says which, the line where there is one, and why."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {reason}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file; every reader raises BrokenFile for a cell of the wrong form."""

    file: str
    line: int
    cells: dict[str, str]

    def broken(self, reason: str) -> BrokenFile:
        return BrokenFile(self.file, self.line, reason)

    def text(self, column: str, *, longest: int, blank: bool = False) -> str:
        cell = self.cells[column]
        if not cell and not blank:
            raise self.broken(f"{column} is empty")
        if len(cell) > longest:
            raise self.broken(f"{column} is longer than {longest} characters")
        if cell != cell.strip() or not (cell.isprintable()):
            raise self.broken(f"{column} begins or ends with a space, or holds a control character")
        return cell

    def code(self, column: str, *, blank: bool = False) -> str:
        cell = self.cells[column]
        if not (blank and not cell) and not re.fullmatch(r"[0-9]{4}", cell):
            raise self.broken(f"{column} is not four digits: {cell!r}")
        return cell

    def slug(self, column: str) -> str:
        cell = self.cells[column]
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell) or len(cell) > 60:
            raise self.broken(f"{column} is not a short name of a–z, 0–9 and hyphens: {cell!r}")
        return cell

    def choice(self, column: str, choices: Sequence[str]) -> str:
        cell = self.cells[column]
        if cell not in choices:
            raise self.broken(f"{column} is {cell!r}, not one of {', '.join(map(repr, choices))}")
        return cell

    def date(self, column: str) -> date:
        cell = self.cells[column]
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
                raise ValueError
            return date.fromisoformat(cell)
        except ValueError:
            raise self.broken(f"{column} is not a date like 2027-01-01: {cell!r}") from None

    def number(self, column: str) -> int:
        cell = self.cells[column]
        if not re.fullmatch(r"[0-9]{1,4}", cell):
            raise self.broken(f"{column} is not a whole number below 10000: {cell!r}")
        return int(cell)

    def decimal(self, column: str, low: float, high: float) -> float | None:
        cell = self.cells[column]
        if not cell:
            return None
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e-[0-9]+)?", cell) or not (
            low <= float(cell) <= high
        ):
            raise self.broken(f"{column} is not a number from {low:g} to {high:g}: {cell!r}")
        return float(cell)


@dataclass(frozen=True, slots=True)
class File:
    """A file read into memory: its digest is taken of the very bytes that are loaded."""

    name: str
    content: bytes

    @classmethod
    def read(cls, folder: Path, name: str) -> File:
        try:
            return cls(name, (folder / name).read_bytes())
        except OSError as error:
            raise BrokenFile(name, None, f"cannot be read ({error.strerror})") from None

    def rows(self, *columns: str) -> Iterator[Row]:
        """Yield the rows below the header, which must name exactly these columns."""
        try:
            text = self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            raise BrokenFile(self.name, line, "is not UTF-8") from None
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = next(reader, [])
            if header != list(columns):
                raise BrokenFile(
                    self.name,
                    1,
                    f"the header is not {','.join(columns)!r} but {','.join(header)!r}",
                )
            for cells in reader:
                if len(cells) != len(columns):
                    raise BrokenFile(
                        self.name,
                        reader.line_num,
                        f"has {len(cells)} cells, not {len(columns)}",
                    )
                named = zip(columns, map(clean, cells), strict=True)
                yield Row(self.name, reader.line_num, dict(named))
        except csv.Error as error:
            raise BrokenFile(self.name, reader.line_num, f"is not CSV: {error}") from None
