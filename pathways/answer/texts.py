"""The fixed texts: they stand on every page, print-out and API answer.

The two notes repeat what an authority says; its source stands beside them where it is loaded.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PURPOSE = _(
    "Udredningsvejviseren er et opslagsværk over offentliggjorte regler. "
    "Den tager ikke stilling til den enkelte patient."
)
# Of all packages the authority says this much; what a doctor may do without a criterion differs.
CRITERIA_NOTE = _(
    "Kriterierne er ikke udtømmende og er ikke det eneste grundlag for at henvise "
    "(Sundhedsstyrelsen, 30. november 2022)."
)
CRITERIA_SOURCE = "sst-2"
TIMES_NOTE = _(
    "Forløbstider er vejledende for fagpersoner og giver ikke patienten en lovbestemt ret "
    "(Sundhedsstyrelsen)."
)
TIMES_SOURCE = "sst-3"

UNIT_COUNT = _("20 enheder i VIVE 2018, 21 i 2021 og 2024; én er ikke fundet")
