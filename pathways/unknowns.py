"""What does a referring doctor need to know that no source says?"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from .answer import Line, Recipient, UnitCard
from .models import Basis, RequirementKind, Strictness


def unknown(
    unit: UnitCard | None, recipient: Recipient | None, lines: Sequence[Line]
) -> tuple[str, ...]:
    """Return it in words, for one gathered line."""
    # A description of practice is no requirement, and what applies elsewhere says nothing here.
    said = {
        line.kind
        for line in lines
        if line.fact.basis != Basis.UNKNOWN
        and line.strictness != Strictness.PRACTICE
        and not line.applies_to
    }
    sent_to = recipient.unit if recipient else unit
    called = [card for card in (unit, sent_to) if card]
    wanted = (
        (unit is not None, _("udredningsenhed")),
        (recipient is not None, _("hvor henvisningen sendes hen")),
        (bool(sent_to and sent_to.location_number), _("lokationsnummer")),
        (bool(sent_to and (sent_to.sor_code or sent_to.shak_code)), _("SOR- og SHAK-kode")),
        (any(card.phone or card.hotline for card in called), _("telefon")),
        (RequirementKind.BLOOD_TESTS in said, _("blodprøver før henvisning")),
        (RequirementKind.IMAGING in said, _("billeddiagnostik før henvisning")),
        (any(line.literal for line in lines), _("overskrift i henvisningen")),
        (RequirementKind.INSUFFICIENT in said, _("hvad der sker, hvis noget mangler")),
    )
    return tuple(words for known, words in wanted if not known)
