"""The fixed texts: they stand on every page, print-out and API answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PURPOSE = _(
    "Udredningsvejviseren er et opslagsværk over offentliggjorte regler. "
    "Den tager ikke stilling til den enkelte patient."
)
CRITERIA_NOTE = _(
    "Kriterierne er ikke udtømmende: "
    "en læge kan henvise en patient, der ikke opfylder nogen af dem."
)
TIMES_NOTE = _("Forløbstider er vejledende for fagpersoner og er ikke patientrettigheder.")

UNKNOWN = _("ikke oplyst i offentlige kilder")
