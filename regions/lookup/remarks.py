"""What a look-up left out of a text or read in another way: a closed list.

A page's address holds no street, so a remark travels to it as a code (`?bem=vej-ikke-fundet`).
It says only what was used, and never repeats what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.translation import gettext as _


class Remark(StrEnum):
    """What was left out or read differently; the value is the code in addresses and JSON."""

    STREET_NOT_FOUND = "vej-ikke-fundet"
    STREET_NOT_LOOKED_UP = "vej-ikke-slaaet-op"
    STREET_UNCERTAIN = "vej-usikker"
    STREET_ELSEWHERE = "vej-i-anden-kommune"
    NUMBER_NOT_FOUND = "husnummer-ikke-fundet"
    TOWN_NOT_KNOWN = "by-ikke-genkendt"
    TOWN_NOT_USED = "by-ikke-brugt"
    TOWN_MISSPELLED = "by-laest-anderledes"
    VILLAGE = "landsby"
    POSTCODE_NOT_USED = "postnummer-ikke-brugt"
    DIGITS_NOT_USED = "tal-ikke-brugt"
    REGISTERS_DISAGREE = "registre-uenige"

    @property
    def text(self) -> str:
        """Return the remark as a sentence for a reader."""
        return {
            Remark.STREET_NOT_FOUND: _(
                "Vejen findes ikke i vejregistret for det viste sted; svaret gælder hele stedet."
            ),
            Remark.STREET_NOT_LOOKED_UP: _(
                "Vejregistret har ingen veje i postnummeret; svaret gælder hele postnummeret."
            ),
            Remark.STREET_UNCERTAIN: _(
                "Vejnavnet er ikke genkendt. Svaret er det samme i hele det viste sted."
            ),
            Remark.STREET_ELSEWHERE: _(
                "Vejen ligger i en anden kommune end den, byen har navn efter; "
                "svaret gælder vejens kommune."
            ),
            Remark.NUMBER_NOT_FOUND: _("Husnummeret er ikke i vejregistret for vejen."),
            Remark.TOWN_NOT_KNOWN: _(
                "Et stednavn i teksten er ikke genkendt og ikke brugt i opslaget."
            ),
            Remark.TOWN_NOT_USED: _(
                "Et stednavn i teksten hører til et andet sted og er ikke brugt i opslaget."
            ),
            Remark.TOWN_MISSPELLED: _("Bynavnet er læst som navnet på det viste sted."),
            Remark.VILLAGE: _("Navnet er læst som landsbyen i det viste sted."),
            Remark.POSTCODE_NOT_USED: _("Postnummeret findes ikke; byen er brugt."),
            Remark.DIGITS_NOT_USED: _("Et tal i teksten er ikke brugt i opslaget."),
            Remark.REGISTERS_DISAGREE: _(
                "Vejregistret og postnummerregistret er ikke enige om kommunen; begge er vist."
            ),
        }[self]


def remarks_of(codes: Iterable[str]) -> tuple[Remark, ...]:
    """Return the remarks with these codes, each once, in the list's order; others are ignored."""
    wanted = set(codes)
    return tuple(remark for remark in Remark if remark.value in wanted)
