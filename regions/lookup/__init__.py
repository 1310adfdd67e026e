"""Where does the patient live? From any spelling of a place to the places it may mean."""

from __future__ import annotations

from .gazetteer import Gazetteer, forget, gazetteer
from .locating import locate, place_set
from .remarks import Remark, remarks_of
from .values import Level, Located, Option, Place, finest_options

__all__ = [
    "Gazetteer",
    "Level",
    "Located",
    "Option",
    "Place",
    "Remark",
    "finest_options",
    "forget",
    "gazetteer",
    "locate",
    "place_set",
    "remarks_of",
]
