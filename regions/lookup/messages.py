"""What is said when a text names no place. Nothing typed is ever repeated."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regions.cpr import cpr_refusal
from regions.models import Postcode

from .gazetteer import PostcodeRow
from .parsing import LONGEST, Fault


def fault(kind: Fault) -> str:
    """Return why the text cannot be read, and what to write instead."""
    return {
        Fault.EMPTY: _("Feltet er tomt. Skriv patientens adresse eller postnummer."),
        Fault.NO_WORDS: _("Teksten nævner intet sted. Skriv patientens adresse eller postnummer."),
        Fault.TOO_LONG: _(
            "Teksten er længere end %(longest)s tegn. Skriv kun patientens adresse eller "
            "postnummer."
        )
        % {"longest": LONGEST},
        Fault.CPR: cpr_refusal(),
        Fault.DIGITS: _("Et dansk postnummer har fire cifre. Skriv for eksempel 8600."),
        Fault.FAROES: _(
            "Postnumre med tre cifre hører til Færøerne, som ikke er med i vejviseren. "
            "Et dansk postnummer har fire cifre."
        ),
    }[kind]


def unknown_postcode(code: str) -> str:
    """Return what to try when the postcode is not in the register."""
    if code.startswith("39"):
        return _("Postnumre fra 3900 til 3999 hører til Grønland, som ikke er med i vejviseren.")
    return _("Postnummeret findes ikke. Kontrollér det, eller skriv kommunens navn.")


def special_postcode(row: PostcodeRow, physical: list[PostcodeRow]) -> str:
    """Return what a postcode without inhabitants is, and where it lies if that is known."""
    title = row.title
    if row.kind == Postcode.Kind.UNKNOWN:
        return _("9999 bruges, når adressen er ukendt. Skriv patientens adresse eller postnummer.")
    if row.kind == Postcode.Kind.RETIRED:
        return _("%(postcode)s er nedlagt. Skriv adressens nuværende postnummer.") % {
            "postcode": title
        }
    if row.kind == Postcode.Kind.STORMODTAGER:
        what = _("%(postcode)s er et postnummer for en stormodtager") % {"postcode": title}
        if row.note:  # here the note is the receiver's name
            what += f" ({row.note.rstrip('.')})"
        what += "."
    else:
        what = _("%(postcode)s er et postnummer for postbokse eller særlige forsendelser.") % {
            "postcode": title
        }
    if len(physical) == 1:
        where = _("Det ligger i %(postcode)s.") % {"postcode": physical[0].title}
    elif physical:
        where = _("Det dækker adresser i flere postnumre.")
    else:
        where = _("Hvor det ligger, er ikke fundet i de kilder, vi har læst.")
    return " ".join((what, where, _("Skriv postnummeret for patientens bopæl.")))


def street_suggested() -> str:
    return _("Vejnavnet findes ikke præcist sådan i vejregistret. Mente du en af disse?")


def number_not_found(street: str) -> str:
    return _("Husnummeret er ikke i vejregistret for %(street)s.") % {"street": street}


def several_postcodes() -> str:
    return _("Teksten nævner flere postnumre.")


def contradiction() -> str:
    return _("Postnummer og by passer ikke sammen.")


def postcode_unknown_but_town() -> str:
    return _("Postnummeret findes ikke; byen er brugt.")


def did_you_mean() -> str:
    return _("Navnet findes ikke præcist sådan. Mente du et af disse steder?")


def several_meanings() -> str:
    return _("Flere steder hedder sådan.")


def street_needs_postcode() -> str:
    return _("En vej alene er ikke nok. Skriv også postnummeret eller byen.")


def unknown_name() -> str:
    return _(
        "Stedet findes ikke blandt kommuner, bydele og postbyer. Skriv postnummeret eller "
        "kommunens navn."
    )


def several_streets() -> str:
    return _("Flere veje hedder sådan.")


def several_streets_named() -> str:
    return _("Teksten nævner flere veje.")


def names_contradict() -> str:
    return _("Stednavnene i teksten passer ikke sammen.")


def street_contradicts() -> str:
    return _("Vejen og stednavnet passer ikke sammen.")


def region_is_too_wide() -> str:
    return _("En region eller landsdel er for stor. Skriv postnummeret eller kommunens navn.")


def name_near() -> str:
    return _("Stedet findes ikke blandt kommuner, bydele, byer og landsbyer. Mente du et sted her?")
