"""What do the directory's files say? Read into values; no database is asked.

The format is described in fixtures/directory/README.md.
"""

from __future__ import annotations

from .reading import read
from .values import (
    BrokenDirectory,
    DirectoryFiles,
    LeadFile,
    PathwayFile,
    Problem,
    RevisionFile,
    UnitFile,
)

__all__ = [
    "BrokenDirectory",
    "DirectoryFiles",
    "LeadFile",
    "PathwayFile",
    "Problem",
    "RevisionFile",
    "UnitFile",
    "read",
]
