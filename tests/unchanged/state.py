"""What editors and readers leave behind: one thing of every kind, made as they make it, by forms.

Everybody is called after what they do, and nothing that is typed could be taken for a rule.
"""

from __future__ import annotations

import io
import re

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from . import clock
from .person import Person, colleague

MIDT = ("--region", "midtjylland")
SYD = ("--region", "syddanmark")

SCHEDULED = "track:region:midtjylland:MAS"  # published for a later day
RETURNED = "track:region:midtjylland:MUP"  # sent back with comments
SUBMITTED = "track:unit:dc-lillebaelt:MAS"  # waits for approval
OPEN = "catchment:midtjylland:diagnostic"  # begun and left
EMERGENCY = "track:unit:dc-silkeborg:MAS"  # published by one person
TEMPORARY = "track:unit:dc-horsens:MAS"  # holds for some weeks
STARTS = "2027-01-07"
REGIONS = (
    "hovedstaden", "midtjylland", "nordjylland", "sjaelland", "syddanmark", "oestdanmark"
)  # fmt: skip


def build() -> Person:
    """Do the work on a database that was just loaded; return the administrator's window."""
    administrator = colleague("administrator@example.org", "Administrator", "--superuser")
    editor = colleague("redaktoer@example.org", "Redaktør", "--role", "editor", *MIDT)
    reviewer = colleague("godkender@example.org", "Godkender", "--role", "reviewer", *MIDT)
    southern = colleague("sydredaktoer@example.org", "Sydredaktør", "--role", "editor", *SYD)
    colleague("national@example.org", "National", "--role", "national_editor")
    invited = ("ny@example.org", "--role", "admin", *MIDT)  # who has not answered yet
    call_command("invite", *invited, stdout=io.StringIO(), stderr=io.StringIO())
    administrator.open("/redaktion/personer/").press(
        "Gem postkassen (Region Midtjylland)", midtjylland__mailbox="postkasse@example.org"
    )
    clock.advance(minutes=10)
    _readers()
    clock.advance(minutes=10)
    _drafts(editor, reviewer, southern)
    clock.advance(minutes=10)
    _published(editor, reviewer, administrator)
    clock.advance(minutes=10)
    _reference(administrator)
    _reports(administrator)
    return administrator


# Readers ----------------------------------------------------------------------------------


def _readers() -> None:
    """Report two faults, vote, and follow a region, a unit and a place; one is confirmed."""
    reader = Person()
    for page, wrong in (("3/", "Eksempel på en melding."), ("side/om/", "Eksempel om en side.")):
        reader.open(f"/stemmer-det-ikke/{page}")
        clock.advance(minutes=1)
        reader.press("Send melding", wrong=wrong, how_known="Prøve.", email="laeser@example.org")
    reader.open("/sted/8600-silkeborg/").press("Ja").open("/om/").press("Nej")
    for subject in ("region/midtjylland", "enhed/dc-silkeborg", "sted/8600-silkeborg"):
        ask_to_follow("foelger@example.org", f"/foelg/{subject}/", "Følg")
    call_command("send_notifications", stdout=io.StringIO(), stderr=io.StringIO())
    (link,) = re.findall(r"/foelg/bekraeft/\S+", _letter_to("foelger@example.org"))[:1]
    reader.open(link).press("Bekræft")
    # This letter waits in the outbox, as the sending is over.
    ask_to_follow("follower@example.org", "/en/foelg/region/syddanmark/", "Follow")


def ask_to_follow(address: str, page: str, button: str) -> None:
    """Let a reader ask for news of what a page names; a letter then asks whether it was them."""
    reader = Person().open(page)
    clock.advance(minutes=1)
    reader.press(button, email=address)


def _letter_to(address: str) -> str:
    return str(next(one.body for one in reversed(mail.outbox) if one.to == [address]))


# Drafts -----------------------------------------------------------------------------------


def _start(person: Person, key: str) -> str:
    """Open a draft; return its address."""
    return person.open(f"/redaktion/regelsaet/{key}/ny/").press("Åbn kladden").at


def _write(person: Person, text: str) -> None:
    """Change the first rule and save the draft, saying that its source says the new as well."""
    person.press("Gem", expect=422, requirements__0__text=text)
    person.press("Gem", requirements__0__same=True)


def _submit(person: Person, note: str) -> None:
    person.press("Gem og send til godkendelse", change_note=note, significance="MAJOR")


def _drafts(editor: Person, reviewer: Person, southern: Person) -> None:
    """Leave a draft that was just begun, one that was sent back, and one that waits."""
    _start(editor, OPEN)
    draft = _start(editor, RETURNED)
    _write(editor, "Eksempel på en ændret regel.")
    _submit(editor, "Eksempel på en besked.")
    reviewer.open(f"{draft}godkend/")
    reviewer.press(
        "Gem kommentaren", comment__text="Eksempel på en kommentar.", comment__line="requirement-1"
    )
    reviewer.press("Gem kommentaren", comment__text="Eksempel på en kommentar til det hele.")
    reviewer.press("Send tilbage til redaktørerne", send_back__reason="Eksempel på en begrundelse.")
    _start(southern, SUBMITTED)
    _write(southern, "Eksempel på en regel, der venter.")
    _submit(southern, "Eksempel på en besked om noget, der venter.")


# Published --------------------------------------------------------------------------------


def _published(editor: Person, reviewer: Person, administrator: Person) -> None:
    draft = _start(editor, SCHEDULED)
    _write(editor, "Eksempel på en regel, der kommer.")
    _submit(editor, "Eksempel på en ændring, der kommer.")
    reviewer.open(f"{draft}godkend/")
    reviewer.press("Udgiv udgave", publish__effective_from=STARTS)
    draft = _start(editor, TEMPORARY)
    _write(editor, "Eksempel på en midlertidig regel.")
    _submit(editor, "Eksempel på en midlertidig ændring.")
    reviewer.open(f"{draft}godkend/")
    reviewer.press(
        "Udgiv udgave", publish__effective_from="2026-12-01", publish__until="2026-12-24"
    )
    draft = _start(administrator, EMERGENCY)
    _write(administrator, "Eksempel på en hasteregel.")
    administrator.open(f"{draft}godkend/")
    administrator.press(
        "Udgiv som hasteændring", emergency__reason="Eksempel på en grund til hast."
    )


# What rule sets refer to ------------------------------------------------------------------


def _reference(administrator: Person) -> None:
    """Describe a unit and open one, set a notice, read a lead, correct a source, send a file."""
    administrator.open(f"/redaktion/enheder/dc-farsoe/?fra={STARTS}")
    administrator.press(
        "Tilføj kilden",
        new__source__publisher="Eksempel på en ejer",
        new__source__kind="region",
        new__source__title="Eksempel på en titel",
        new__source__date="2026-11",
    )
    administrator.press("Gem", hospital="Eksempel på et sygehus", changed_sources="ouh-2")
    administrator.open("/redaktion/enheder/ny/")
    administrator.press("Opret enheden", key="dc-eksempel", kind="diagnostic", municipality="0740")
    administrator.open("/redaktion/varsler/")
    administrator.press(
        "Sæt varslet", unit="dc-silkeborg", text="Eksempel på et varsel.", ends_on="2027-01-31"
    )
    administrator.open("/redaktion/enheder/dc-silkeborg/").press("Mærk som læst")
    administrator.open("/redaktion/kilder/ouh-2/")
    administrator.press("Gem rettelsen", note="Eksempel på en bemærkning.")
    administrator.open("/redaktion/region/midtjylland/nyt-regelsaet/").press("Daghospital")
    book = administrator.client.get("/redaktion/region/midtjylland/eksport/?form=xlsx").content
    administrator.open("/redaktion/region/midtjylland/import/")
    administrator.press("Vis, hvad filen ændrer", SimpleUploadedFile("eksempel.xlsx", book))


def _reports(administrator: Person) -> None:
    """Take one report up and answer another."""
    administrator.open("/redaktion/meldinger/1/")
    administrator.press("Tag den op", assigned_to="Redaktør Prøve")
    administrator.open("/redaktion/meldinger/2/").press("Besvar", answer="Eksempel på et svar.")
