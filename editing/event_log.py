"""Events in Danish: one table of sentences, and the names that fill them.

The log names things by their keys, which last; here they get the names that people use today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format

from pathways.directory import rule_sets as rule_book
from pathways.directory import snapshot as directories
from regions.models import Event, RegionRole, Source, User, partial_date_words

from .unit_details import Change, changes

Kind = Event.Kind

# A sentence about {subject} for each kind; the data of the event may be named too.
SENTENCES: dict[str, str] = {
    Kind.REVISION_DRAFTED: "begyndte {subject}",
    Kind.REVISION_SAVED: "gemte kladden til {subject}",
    Kind.REVISION_SUBMITTED: "sendte {subject} til godkendelse",
    Kind.REVISION_SENT_BACK: "sendte {subject} tilbage",
    Kind.REVISION_COMMENTED: "skrev en bemærkning til {subject}",
    Kind.REVISION_PUBLISHED: "udgav {subject}, der gælder fra {effective_from}",
    Kind.REVISION_PUBLISHED_IN_EMERGENCY: "hasteudgav {subject}, der gælder fra {effective_from}",
    Kind.REVISION_COUNTERSIGNED: "bekræftede hasteudgivelsen af {subject}",
    Kind.REVISION_BROUGHT_BACK: "lod {subject} gælde igen fra {effective_from}",
    Kind.REVISION_CARRIED: "førte ændringen i udgave {after} med ind i {subject}, "
    "der gælder fra {effective_from}",
    Kind.REVISION_RESCHEDULING_PROPOSED: "foreslog at aflyse eller flytte {subject}",
    Kind.REVISION_RESCHEDULING_DROPPED: "lod {subject} begynde som planlagt",
    Kind.REVISION_CANCELLED: "aflyste {subject}, før den begyndte",
    Kind.REVISION_MOVED: "flyttede {subject} til {to}",
    Kind.REVISION_SUPERSEDED: "erstattede {subject}",
    Kind.REVISION_RETRACTED: "tog {subject} tilbage som fejl",
    Kind.REVISION_DISCARDED: "kasserede {subject}",
    Kind.RULE_SET_OPENED: "oprettede {subject}",
    Kind.RULE_SET_CONFIRMED: "bekræftede, at {subject} stadig er rigtigt; næste gang {next_review}",
    Kind.UNIT_OPENED: "oprettede {subject}",
    Kind.UNIT_DETAILS_SET: "skrev oplysninger om {subject} fra {valid_from}",
    Kind.UNIT_DETAILS_WITHDRAWN: "trak oplysninger om {subject} fra {valid_from} tilbage",
    Kind.UNIT_DETAILS_RETRACTED: "tog oplysninger om {subject} fra {valid_from} tilbage som fejl",
    Kind.NOTICE_SET: "satte et varsel på {subject} fra {starts_on} til og med {ends_on}",
    Kind.NOTICE_WITHDRAWN: "trak et varsel på {subject} tilbage",
    Kind.LEAD_FOLLOWED: "mærkede {subject} som læst",
    Kind.SOURCE_ADDED: "tilføjede {subject}",
    Kind.SOURCE_CORRECTED: "rettede {subject}",
    Kind.LEADS_SET: "skrev, hvor det ukendte nok står",
    Kind.REPORT_IN_PROGRESS: "tog {subject} op",
    Kind.REPORT_ANSWERED: "besvarede {subject}",
    Kind.REPORT_REJECTED: "afviste {subject}",
    Kind.INVITATION_SENT: "inviterede en kollega som {role}",
    Kind.INVITATION_WITHDRAWN: "trak en invitation tilbage",
    Kind.ACCOUNT_OPENED: "åbnede sin konto",
    Kind.ACCOUNT_ADOPTED: "åbnede sin konto gennem regionens log ind",
    Kind.ACCOUNT_MADE_SUPERUSER: "gjorde {subject} til systemadministrator",
    Kind.ROLE_GRANTED: "gav {subject} rollen {role}",
    Kind.ROLE_REVOKED: "tog rollen {role} fra {subject}",
    Kind.LETTERS_RESUMED: "lod {letters} breve, der var lagt til side, blive forsøgt igen",
    Kind.PATHWAY_OPENED: "oprettede {subject}",
    Kind.PATHWAY_RENAMED: "omdøbte {subject}",
    Kind.ACCOUNT_CLOSED: "lukkede kontoen for {subject}",
    Kind.ACCOUNT_REOPENED: "åbnede kontoen for {subject} igen",
    Kind.ACCOUNT_FACTOR_RESET: "nulstillede anden faktor og adgangskode for {subject}",
    Kind.MAILBOX_SET: "skrev den fælles postkasse",
    Kind.MAILBOX_REMOVED: "fjernede den fælles postkasse",
    Kind.GEOGRAPHY_LOADED: "indlæste geografien",
}
LABELS = {
    "revision": "udgaver",
    "rule_set": "regelsæt",
    "unit": "enheder",
    "notice": "varsler",
    "source": "kilder",
    "lead": "spor til kilder",
    "report": "meldinger",
    "role": "roller",
    "invitation": "invitationer",
    "account": "konti",
    "letters": "breve",
    "pathway": "forløb",
    "mailbox": "postkasser",
    "geography": "geografi",
}
_DATES = ("effective_from", "to", "valid_from", "starts_on", "ends_on", "next_review", "until")


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it is read."""

    event: Event
    parts: tuple[str, str, str]  # the sentence: before its subject, the subject, after it
    url: str  # the page in the editor area about its subject; "" where there is none
    changes: tuple[Change, ...] = ()  # field by field, where the event has kept both sides

    @property
    def sentence(self) -> str:
        """Return the whole sentence, without the person who it is about."""
        return "".join(self.parts)


@dataclass
class Names:
    """What the subjects of some events are called; a few queries for any number of events."""

    rule_sets: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event], *, on: date) -> Names:
        """Ask for the names of everything that the events are about."""
        keys: dict[str, set[str]] = defaultdict(set)
        for event in events:
            kind, _colon, key = event.subject.partition(":")
            keys[kind].add(key)
            if rule_set := event.data.get("rule_set"):
                keys["rule_set"].add(rule_set)
        directory = directories.current()
        found = (
            rule_book.published(directory, on=on, keys=keys["rule_set"]) if keys["rule_set"] else ()
        )
        people = User.objects.filter(pk__in=[key for key in keys["user"] if key.isdecimal()])
        return cls(
            rule_sets={one.key: one.title for one in found},
            units={
                key: unit.name_on(on) for key in keys["unit"] if (unit := directory.units.get(key))
            },
            people={str(user.pk): person(user) for user in people} if keys["user"] else {},
        )

    def subject(self, event: Event) -> str:
        """Return what the event is about: "udgave 4 af MAS, Diagnostisk Center, Silkeborg"."""
        kind, _colon, key = event.subject.partition(":")
        if kind == "revision":
            rule_set = event.data.get("rule_set", "")
            number = event.data.get("number", key)
            return f"udgave {number} af {self.rule_sets.get(rule_set, rule_set)}"
        named = {
            "rule_set": self.rule_sets.get(key, key),
            "unit": self.units.get(key, key),
            "user": self.people.get(key, f"konto {key}"),
            "report": f"melding {key}",
            "source": f"kilden {key}",
            "lead": f"sporet »{event.data.get('about', key)}«",
            "pathway": f"forløbet {key}",
        }
        return named.get(kind, event.subject)


def tell(events: Iterable[Event], *, on: date) -> tuple[Told, ...]:
    """Return the events in words, in their order; the date is the one that names are of."""
    events = list(events)
    names = Names.of(events, on=on)
    return tuple(
        Told(event, parts(event, names), _address(event), details_changed(event))
        for event in events
    )


def parts(event: Event, names: Names) -> tuple[str, str, str]:
    """Return the sentence of the event's kind; an unknown kind is shown as it is written."""
    pattern = SENTENCES.get(event.kind, f"{event.kind}: {{subject}}")
    values = defaultdict(lambda: "…", {key: _value(key, said) for key, said in event.data.items()})
    before, subject, after = pattern.partition("{subject}")
    named = names.subject(event) if subject else ""
    return before.format_map(values), named, after.format_map(values)


def details_changed(event: Event) -> tuple[Change, ...]:
    """Return what an event of a unit or a source changed, field by field."""
    data = event.data
    before, after = data.get("before") or data.get("previous") or {}, data.get("after", {})
    if event.kind == Kind.UNIT_DETAILS_SET:
        return changes(before, after)
    if event.kind == Kind.SOURCE_CORRECTED:
        return tuple(
            Change(
                str(Source._meta.get_field(name).verbose_name),
                str(before[name] or ""),
                str(said or ""),
            )
            for name, said in after.items()
            if name in before and before[name] != said
        )
    return ()


def kind_label(kind: str) -> str:
    """Return a kind of event as a choice: "udgav"."""
    pattern = SENTENCES.get(kind)
    return pattern.replace("{subject}", "…").partition("{")[0].strip(" ,;") if pattern else kind


def person(user: User) -> str:
    """Return what a colleague is called in the editor area."""
    return user.get_full_name() or user.get_username()


def _value(name: str, value: Any) -> str:
    if name in _DATES and isinstance(value, str):
        try:
            return date_format(date.fromisoformat(value))
        except ValueError:
            return partial_date_words(value)
    if name == "role" and value in RegionRole.Role.values:
        return str(RegionRole.Role(value).label)
    return str(value)


def _address(event: Event) -> str:
    kind, _colon, key = event.subject.partition(":")
    rule_set = event.data.get("rule_set", "")
    routes: dict[str, tuple[str, list[str]]] = {
        "revision": ("editing:rule_set", [rule_set]),
        "rule_set": ("editing:rule_set", [key]),
        "unit": ("editing:unit", [key]),
        "report": ("editing:report", [key]),
    }
    name, arguments = routes.get(kind, ("", []))
    try:
        return reverse(name, args=arguments) if name else ""
    except NoReverseMatch:  # a key of long ago that no address takes
        return ""
