"""Texts that are meant to be slow to read: a seeded thousand of 300 characters each.

Made of what the look-up has to hold against its registers: real streets, towns, villages and
postcodes in long rows, the same with a typing error, and noise.
"""

from __future__ import annotations

import random
import time

from regions.lookup import Gazetteer, gazetteer, locate
from regions.lookup.parsing import LONGEST
from regions.models import Event, PostcodeStreets

TEXTS = 1000
SEED = 20261128


def slowest(number: int) -> list[tuple[float, str]]:
    """Return the slowest of the thousand texts with their CPU milliseconds, the worst first."""
    version = Event.objects.directory_version()
    book = gazetteer(version)
    texts = fuzzed(book)
    for text in texts[:20]:  # the registers are read
        locate(text, version=version)
    # The better of two: the other one also holds the pauses of the machine.
    timed = [(min(_cpu(text, version), _cpu(text, version)), text) for text in texts]
    return sorted(timed, reverse=True)[:number]


def fuzzed(book: Gazetteer) -> list[str]:
    """Return the texts, the same ones every time."""
    draw = random.Random(SEED)
    registers = PostcodeStreets.objects.order_by("postcode").values_list("register", flat=True)
    lines = (line.split("\t") for register in registers for line in register.split("\n"))
    streets = [line[1] for line in lines if line[0]]
    towns = [row.name for row in book.postcodes.values() if row.geographic]
    towns += [place.municipality for place in book.municipalities.values()]
    villages = [name for rows in book.register.villages.values() for name, *_place in rows]
    codes = list(book.pairs)
    words = ["vej", "2. tv", "st. th.", "c/o", "33", "12", "7B", "a", "Qwertyby", "xx"]
    kinds = [
        lambda: "8600," + " abcde" * 60,
        lambda: f"{draw.choice(codes)} {' '.join(draw.choices(streets, k=40))}",
        lambda: f"{', '.join(draw.choices(streets, k=40))}, {draw.choice(towns)}",
        lambda: ", ".join(draw.choices(streets, k=40)),
        lambda: " ".join(draw.choices(towns, k=60)),
        lambda: ", ".join(draw.choices(towns, k=60)),
        lambda: " ".join(draw.choices(villages, k=60)),
        lambda: ", ".join(draw.choices(villages, k=60)),
        lambda: "".join(draw.choices("ab c,1 29æø\n", k=LONGEST)),
        lambda: ", ".join(f"{name}x 7" for name in draw.choices(streets, k=40)) + ", København",
        lambda: draw.choice([" ", ",", "\n"]).join(
            draw.choice(draw.choice([streets, towns, villages, codes, words])) for _ in range(80)
        ),
    ]
    return [draw.choice(kinds)()[:LONGEST] for _ in range(TEXTS)]


def _cpu(text: str, version: int) -> float:
    before = time.process_time()
    locate(text, version=version)
    return (time.process_time() - before) * 1000
