"""What each persona gets on POST: every form and every button of the editor area.

An action that is done leads on (302) or shows its page (200); a fault of the form is 422, what a
colleague has settled meanwhile 409. A colleague without the right gets 403 and its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from editing.views.sources import _sign
from mail.models import OutgoingMail
from pathways import actions
from pathways.models import Revision
from pathways.rules.content import RevisionContent
from regions.models import Source, User
from tests.editing.exchanged import workbook
from tests.editing.reviewing import fields as decision
from tests.editing.test_catchments_pages import form as catchment_form
from tests.editing.test_draft_pages import form as draft_form
from tests.pathways import world as worlds
from tests.pathways.world import NOW, TODAY, TOMORROW

from .scenario import COMING, Scenario

Form = dict[str, Any]
TRACK, IMAGING, MUP = "regelsaet/track/", "regelsaet/imaging/1/", "regelsaet/track-mup/"
MIDT, UNIT = "region/midtjylland/", "enheder/dc-silkeborg/"
EDITOR = "Det kræver rollen redaktør, der hvor regelsættet hører til."
REVIEWER = "Det kræver rollen godkender, der hvor regelsættet hører til"
ADMINISTRATOR = "Det kræver rollen regional administrator"
OF_UNIT = "Det kræver rollen redaktør i den region, som enheden ligger i."
OF_MIDT = "Det kræver rollen redaktør for Region Midtjylland."
NATIONAL = "Det kræver en national redaktør"
SUPERUSER = "Det kræver en systemadministrator."
NEW = RevisionContent(requirements=(worlds.requirement("CT inden 14 dage."),))
NEW_SOURCE = {
    "new-source-publisher": "Region Midtjylland",
    "new-source-title": "Henvisning",
    "new-source-url": "https://example.org/ny",
    "new-source-date": "2026-11",
    "new-source-kind": "region",
}


@dataclass(frozen=True)
class Post:
    """One button: where, what is sent, who gets what, and what a colleague is told."""

    name: str
    address: str  # below /redaktion/
    form: Callable[[Scenario, Client], Form]  # the client may open what comes before
    row: str
    reason: str = ""
    writes: bool = True  # something is different after it was done


def plain(**fields: Any) -> Callable[[Scenario, Client], Form]:
    return lambda _scene, _client: fields


def draft(do: str, content: RevisionContent | None = NEW, **more: Any) -> Any:
    return lambda scenario, _client: draft_form(scenario.draft, content, do=do, **more)


def catchment(do: str, **more: Any) -> Any:
    return lambda scenario, _client: catchment_form(scenario.catchment, do, **more)


def decide(handling: str, **more: Any) -> Any:
    return lambda scenario, _client: decision(handling, scenario.in_review.lock_version, **more)


def scheduled(handling: str, *, proposed: bool = False) -> Callable[[Scenario, Client], Form]:
    """Return the form about a revision that waits for its day, cancelled if the editor has it."""

    def form(scenario: Scenario, _client: Client) -> Form:
        world, revision = scenario.world, scenario.in_review
        waiting = actions.publish(
            revision=Revision.objects.get(pk=revision.pk),
            seen=revision.lock_version,
            actor=world.administrator,
            now=NOW,
            effective_from=COMING,
        )
        if proposed:
            waiting = actions.propose_rescheduling(
                revision=waiting,
                seen=waiting.lock_version,
                actor=world.editor,
                now=NOW,
                reason="Udsat.",
            )
        return decision(handling, waiting.lock_version)

    return form


def details(do: str, **more: Any) -> Callable[[Scenario, Client], Form]:
    def form(scenario: Scenario, _client: Client) -> Form:
        scenario.world.silkeborg.refresh_from_db()
        said = {"basis": "stated", "hospital": "Silkeborg", "phone": "56 78"}
        seen = {"seen": scenario.world.silkeborg.lock_version, "valid_from": "2027-03-01", "do": do}
        known = {"sources": ["sundhed-dk"], "changed_sources": ["sst-2022"]}
        return {**said, **known, **seen, **more}

    return form


def corrected(_scene: Scenario, _client: Client) -> Form:
    source = Source.objects.get(pk="sst-2022")
    said = {"publisher": "Sundhedsstyrelsen", "title": "Pakkeforløb", "url": "", "note": ""}
    return {**said, "date": "2022-03", "kind": "authority", "seen": _sign(source)}


def sent_file(_scene: Scenario, _client: Client) -> Form:
    data = workbook(("Krav", 2, "text", "CT inden for en uge."))
    return {"handling": "send", "fil": SimpleUploadedFile("midt.xlsx", data)}


def waiting_file(handling: str) -> Callable[[Scenario, Client], Form]:
    """Return the form of a file that was sent before, where the person may send one."""

    def form(scenario: Scenario, client: Client) -> Form:
        page = f"/redaktion/{MIDT}import/"
        client.post(page, sent_file(scenario, client))
        plan = (client.get(page).context or {}).get("plan")
        seen = plan.fingerprint if plan else "x"
        return {"handling": handling, "seen": seen, "efterset": ["track"]}

    return form


def report(do: str, **more: Any) -> Callable[[Scenario, Client], Form]:
    def form(scenario: Scenario, _client: Client) -> Form:
        handed = {"assigned_to": scenario.world.reviewer.pk, "answer": "Rettet."}
        return {"do": do, "seen": scenario.report.lock_version, **handed, **more}

    return form


def person(do: str, **more: Any) -> Callable[[Scenario, Client], Form]:
    """Return the form of a button beside a name: a role, an invitation or an account."""

    def form(scenario: Scenario, _client: Client) -> Form:
        numbers = {
            "take": scenario.world.editor.region_roles.get().pk,
            "withdraw": scenario.invitation.pk,
            "resend": scenario.invitation.pk,
            "close": scenario.world.editor.pk,
            "reset": scenario.world.editor.pk,
        }
        return {"do": do, "number": numbers.get(do, ""), **more}

    return form


def reopened(scenario: Scenario, _client: Client) -> Form:
    other = scenario.world.second_national
    User.objects.filter(pk=other.pk).update(is_active=False)
    return {"do": "reopen", "number": other.pk}


def parked_letter(_scene: Scenario, _client: Client) -> Form:
    said = {"to": "a@example.org", "subject": "Emne", "text": "Tekst"}
    when = {"created_at": NOW, "due_at": NOW, "parked_at": NOW}
    OutgoingMail.objects.create(key="parked", **said, **when)
    return {}


GIVEN = {"midtjylland-address": "a@example.org", "midtjylland-role": "editor"}
GIVEN_NATIONAL = {"nationalt-address": "a@example.org", "nationalt-role": "national_editor"}
OPENED = {"key": "rtg-viborg", "kind": "imaging", "municipality": "0791"}
NOTICE = {"unit": "dc-silkeborg", "text": "MR er lukket.", "starts_on": TODAY, "ends_on": TOMORROW}
SUBMITTED = {"change_note": "Rettet.", "significance": "MAJOR"}

IN_MIDT = "302 302 403 302 404 404 404 403 302 302"  # editors of Region Midtjylland
# A draft's form that comes without a session is handed back with all that was typed (403).
WRITTEN = "302 302 403 302 404 404 404 403 403 403"
TYPED = "200 200 403 200 404 404 404 403 403 403"
AT_MIDT = "302 302 302 302 404 404 404 403 302 302"  # any role there
SHOWN = "200 200 403 200 404 404 404 403 302 302"
BY_TWO = "302 403 302 302 404 404 404 403 302 302"
ALONE = "302 403 403 302 404 404 404 403 302 302"
BY_ADMIN = "302 403 403 302 403 403 403 403 302 302"
BY_ANY_ADMIN = "302 403 403 302 403 302 403 403 302 302"
BY_CHIEF = "302 403 403 403 403 403 403 403 302 302"
WRITTEN_EAST = "302 404 404 404 404 302 404 403 403 403"
WRITTEN_NATION = "302 404 404 404 404 404 302 403 403 403"
IN_EAST = "302 404 404 404 404 302 404 403 302 302"
IN_NATION = "302 404 404 404 404 404 302 403 302 302"
READ_ONLY = "405 405 405 405 405 405 405 403 302 302"

# fmt: off
PERMITTED_ACTIONS = [
    #                                                 op  ed  re  ad  ne  ea  na  ou  ha  no
    Post("confirm", TRACK, plain(next_review="2027-09-01"), IN_MIDT, EDITOR),
    Post("choose preview", f"{TRACK}2/vis/", plain(), AT_MIDT, writes=False),
    Post("choose preview of a day", f"{TRACK}2/vis/2027-01-01/", plain(), AT_MIDT, writes=False),
    Post("choose preview at a place", f"{TRACK}2/vis/8600/", plain(), AT_MIDT, writes=False),
    Post("choose preview there then", f"{TRACK}2/vis/8600/2027-01-01/", plain(), AT_MIDT,
         writes=False),
    # Drafts
    Post("start", f"{MUP}ny/", plain(**{"from": "force"}), WRITTEN, EDITOR),
    Post("start empty", f"{MUP}ny/", plain(**{"from": "empty"}), WRITTEN, EDITOR),
    Post("start an old revision", f"{MUP}ny/", plain(**{"from": "edition", "edition": "1"}),
         WRITTEN, EDITOR),
    Post("start a withdrawal", f"{MUP}ny/", plain(**{"from": "withdrawal", "reason": "Lukket."}),
         WRITTEN, EDITOR),
    Post("start in a coming region", "regelsaet/new-catchment/ny/", plain(**{"from": "empty"}),
         WRITTEN_EAST),
    Post("save", f"{TRACK}2/", draft("save"), WRITTEN, EDITOR),
    Post("save and preview", f"{TRACK}2/", draft("preview"), WRITTEN, EDITOR),
    Post("merge", f"{TRACK}2/", draft("merge"), WRITTEN, EDITOR),
    Post("submit", f"{TRACK}2/", draft("submit", **SUBMITTED), WRITTEN, EDITOR),
    Post("discard", f"{TRACK}2/", draft("discard", discard_reason="Dobbelt."), WRITTEN, EDITOR),
    Post("add a source", f"{TRACK}2/", draft("source", **NEW_SOURCE), TYPED, EDITOR),
    Post("add a row", f"{TRACK}2/", draft("add:steps"), TYPED, EDITOR, writes=False),
    Post("save in the east", "regelsaet/eastern-track/1/",
         lambda scenario, _: draft_form(scenario.eastern, NEW), WRITTEN_EAST),
    Post("save national rules", "regelsaet/national-rules/1/",
         lambda scenario, _: draft_form(scenario.national, NEW), WRITTEN_NATION),
    Post("save a catchment", "regelsaet/catchment/1/", catchment("save"), WRITTEN, EDITOR),
    Post("preview a catchment", "regelsaet/catchment/1/", catchment("preview"), WRITTEN, EDITOR),
    Post("merge a catchment", "regelsaet/catchment/1/", catchment("merge"), WRITTEN, EDITOR),
    Post("submit a catchment", "regelsaet/catchment/1/", catchment("submit", **SUBMITTED),
         WRITTEN, EDITOR),
    Post("discard a catchment", "regelsaet/catchment/1/",
         catchment("discard", discard_reason="Dobbelt."), WRITTEN, EDITOR),
    Post("remove an area", "regelsaet/catchment/1/", catchment("remove:municipality:0791"), TYPED,
         EDITOR, writes=False),
    # Reviews: imaging 1 was written by the editor, track-mup 1 published by the administrator
    Post("udgiv", f"{IMAGING}godkend/", decide("udgiv"), BY_TWO, REVIEWER),
    Post("hast", f"{IMAGING}godkend/", decide("hast"), ALONE, ADMINISTRATOR),
    # National rules have no administrator: nobody but a superuser publishes them alone.
    Post("hast nationally", "regelsaet/national-rules/1/godkend/",
         lambda scenario, _: decision("hast", scenario.national.lock_version),
                                                     "302 404 404 404 404 404 403 403 302 302",
         ADMINISTRATOR),
    Post("send-tilbage", f"{IMAGING}godkend/", decide("send-tilbage"), BY_TWO, REVIEWER),
    Post("kommenter", f"{IMAGING}godkend/", decide("kommenter"), AT_MIDT),
    Post("bekraeft", f"{MUP}1/godkend/", decide("bekraeft"),
                                                     "302 403 302 422 404 404 404 403 302 302",
         REVIEWER),
    # Imaging 1, published by the administrator to begin later
    Post("foreslaa", f"{IMAGING}godkend/", scheduled("foreslaa"), AT_MIDT),
    Post("gennemfoer", f"{IMAGING}godkend/", scheduled("gennemfoer", proposed=True), BY_TWO,
         REVIEWER),
    Post("behold", f"{IMAGING}godkend/", scheduled("behold", proposed=True), BY_TWO, REVIEWER),
    # In and out
    Post("send a file", f"{MIDT}import/", sent_file, IN_MIDT, OF_MIDT),
    Post("take a file in", f"{MIDT}import/", waiting_file("indlaes"), IN_MIDT, OF_MIDT),
    Post("drop a file", f"{MIDT}import/", waiting_file("fortryd"), IN_MIDT, OF_MIDT),
    Post("drop a national file", "nationalt/import/", plain(handling="fortryd"), IN_NATION),
    Post("copy", "region/oestdanmark/kopier/", plain(), IN_EAST),
    Post("copy to an old region", f"{MIDT}kopier/", plain(), IN_MIDT, OF_MIDT, writes=False),
    Post("open a rule set", f"{MIDT}nyt-regelsaet/",
         plain(regelsaet="track:region:midtjylland:MUP"), IN_MIDT, OF_MIDT),
    # Units, sources, notices
    Post("open a unit", "enheder/ny/", plain(**OPENED), "302 302 403 302 422 422 403 403 302 302",
         "Det kræver rollen redaktør i en region."),
    Post("set details", UNIT, details("save"), IN_MIDT, OF_UNIT),
    Post("withdraw details", UNIT, details("withdraw", valid_from=COMING), IN_MIDT, OF_UNIT),
    Post("add a source of a unit", UNIT, details("source", **NEW_SOURCE), SHOWN, OF_UNIT),
    Post("correct a source", "kilder/sst-2022/", corrected,
                                                     "302 403 403 403 403 403 302 403 302 302",
         NATIONAL),
    Post("set a notice", "varsler/", plain(**NOTICE), "302 302 403 302 403 422 403 403 302 302",
         "Det kræver rollen redaktør i en region"),
    Post("preview a notice", "varsler/", plain(**NOTICE, do="preview"),
                                                     "200 200 403 200 403 422 403 403 302 302",
         "Det kræver rollen redaktør i en region", writes=False),
    Post("withdraw a notice", "varsler/{notice}/traek-tilbage/", plain(), IN_MIDT, OF_UNIT),
    Post("follow a lead", "spor/{lead}/laest/", plain(tilbage="/redaktion/"), IN_MIDT,
         "Det kræver rollen redaktør, der hvor det manglende hører til."),
    # Reports
    Post("take a report", "meldinger/{report}/", report("take"), AT_MIDT),
    Post("answer a report", "meldinger/{report}/", report("answer"), AT_MIDT),
    Post("reject a report", "meldinger/{report}/", report("reject"), AT_MIDT),
    # People
    Post("give", "personer/", person("give", region="midtjylland", **GIVEN), BY_ADMIN,
         ADMINISTRATOR),
    Post("give nationally", "personer/", person("give", **GIVEN_NATIONAL), BY_CHIEF,
         ADMINISTRATOR),
    Post("mailbox", "personer/",
         person("mailbox", region="midtjylland", **{"midtjylland-mailbox": "a@example.org"}),
         BY_ADMIN, ADMINISTRATOR),
    Post("resume letters", "breve/", parked_letter, BY_ANY_ADMIN, ADMINISTRATOR),
    Post("take", "personer/", person("take"), BY_ADMIN, ADMINISTRATOR),
    Post("withdraw", "personer/", person("withdraw"), BY_ADMIN, ADMINISTRATOR),
    Post("resend", "personer/", person("resend"), BY_ADMIN, ADMINISTRATOR),
    Post("close", "personer/", person("close"), BY_CHIEF, "Det kræver"),
    Post("reopen", "personer/", reopened, BY_CHIEF, "Det kræver"),
    Post("reset", "personer/", person("reset"), BY_CHIEF, "Det kræver"),
    # Pages that only tell
    *(Post(f"read {page or 'forsiden'}", page, plain(), READ_ONLY) for page in (
        "", f"{MIDT}daekning/", "nationalt/daekning/", f"{MIDT}eksport/", "nationalt/eksport/",
        "enheder/", "kilder/", "meldinger/", "log/", "log/log.csv",
    )),
]
# fmt: on
