"""Say what differs between two records."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from pathlib import Path

from . import normal

LINES = 14  # of each difference
SHOWN = 40  # differences of each kind
_LONGEST = 220  # characters of a line


@dataclass(frozen=True)
class Row:
    kind: str
    status: int
    headers: str
    sha: str


def compare(before: Path, after: Path) -> bool:
    """Print how the records differ, kind by kind; return whether they say the same."""
    old, new = _Record(before), _Record(after)
    same, spaced, differing = Counter[str](), Counter[str](), Counter[str]()
    print(f"before: {old.about()}\nafter:  {new.about()}")
    for address in sorted(old.rows.keys() | new.rows.keys()):
        one, other = old.rows.get(address), new.rows.get(address)
        kind = (one or other).kind  # type: ignore[union-attr]
        if one == other:
            same[kind] += 1
            continue
        said = list(_difference(address, old, new))
        if said == [_SPACE]:
            spaced[kind] += 1
        elif said:
            differing[kind] += 1
            if differing[kind] <= SHOWN:
                print(f"\n== {address} ({kind})", *said, sep="\n")
        else:
            same[kind] += 1
    print(f"\n{'kind':40} {'same':>7} {'spaces':>7} {'differ':>7}")
    for kind in sorted(same | spaced | differing):
        print(f"{kind:40} {same[kind]:7} {spaced[kind]:7} {differing[kind]:7}")
    totals = [sum(count.values()) for count in (same, spaced, differing)]
    print(f"{'all':40} {totals[0]:7} {totals[1]:7} {totals[2]:7}")
    return not differing


_SPACE = "only white space differs"


class _Record:
    def __init__(self, folder: Path) -> None:
        path = folder / "record.sqlite3"
        if not path.exists():
            raise SystemExit(f"There is no record in {folder}.")
        self._file = sqlite3.connect(path)
        rows = self._file.execute("SELECT address, kind, status, headers, sha256 FROM answer")
        self.rows = {address: Row(*row) for address, *row in rows}

    def about(self) -> str:
        rows = self._file.execute("SELECT name, value FROM about")
        return ", ".join(f"{name} {value}" for name, value in rows)

    def body(self, address: str) -> bytes:
        found = self._file.execute(
            "SELECT body FROM content WHERE sha256 = ?", [self.rows[address].sha]
        ).fetchone()
        return zlib.decompress(found[0])


def _difference(address: str, old: _Record, new: _Record) -> list[str]:
    """Return the first lines of what differs, `_SPACE` alone, or nothing."""
    if address not in new.rows:
        return ["is not there any more"]
    if address not in old.rows:
        return ["is new"]
    one, other = old.rows[address], new.rows[address]
    said = [
        f"{name}: {before} became {after}"
        for name, before, after in (
            ("kind", one.kind, other.kind),
            ("status", one.status, other.status),
            ("headers", _kept(one.headers), _kept(other.headers)),
        )
        if before != after
    ]
    if one.sha == other.sha:
        return said
    bodies = old.body(address), new.body(address)
    if "page" in one.kind and "page" in other.kind:
        texts = tuple(normal.parsed_page(body.decode()) for body in bodies)
        if not said and re.sub(r"\s", "", texts[0]) == re.sub(r"\s", "", texts[1]):
            return [] if texts[0] == texts[1] else [_SPACE]
    else:
        texts = tuple(_text(body) for body in bodies)
    lines = unified_diff(*(text.split("\n") for text in texts), "before", "after", n=1, lineterm="")
    shown = [line[:_LONGEST] for line in islice(lines, 2, 2 + LINES)]
    return [*said, *(shown or ["the bytes differ"])]


def _kept(headers: str) -> dict[str, str]:
    """Return the headers without those that tell the time, or one letter from another."""
    said: dict[str, str] = json.loads(headers or "{}")
    return {name: value for name, value in said.items() if name not in ("Expires", "Message-ID")}


def _text(body: bytes) -> str:
    """Return a body as lines that can be compared: of a workbook every part of every file in it."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(f"{name}\n{_text(archive.read(name))}" for name in archive.namelist())
    text = body.decode("utf-8", errors="replace")
    if text[:1] == "{":
        return re.sub(r'(, |\{|\[)(?=["{\[])', r"\1\n", text)
    return text.replace("><", ">\n<") if text[:1] == "<" else text
