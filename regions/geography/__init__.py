"""Load the official geography from its files, whole or not at all."""

from __future__ import annotations

from .files import BrokenFile
from .loading import Report, load

__all__ = ["BrokenFile", "Report", "load"]
