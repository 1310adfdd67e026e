"""The whole draft as one form: its lines as they were typed, and what the buttons do to them.

Every button sends the whole page. Moving, adding and removing change only what is on the page, so
nothing that was typed has to be finished, or right, before it may be moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from editing.drafts.evidence import ASKED, Seal
from pathways.models import LineStatus, RequirementKind, RuleSetKind
from pathways.rules.content import RevisionContent, Row

from .forms import FORMS, RowForm
from .source_list import SourceList

# What the page of each kind of rule set offers; the order is that of the reader's page.
SECTIONS: dict[str, tuple[str, ...]] = {
    RuleSetKind.NATIONAL: ("requirements", "steps", "imaging"),
    RuleSetKind.TRACK: ("requirements", "steps"),
    RuleSetKind.IMAGING: ("requirements", "imaging"),
}
# Far more than any revision holds, and few enough for a page.
MOST_LINES = 400

# How a line is known; what is only about its place in the directory is no fact of the source.
EVIDENCE = ("basis", "sources", "as_of", "locator")
_FILED = ("status", "main", "kind")

Values = dict[str, Any]  # column -> text as typed; "sources" -> a list of texts


@dataclass(slots=True, eq=False)
class Entry:
    """One line on the page: what its fields hold, and whether it goes when the draft is saved."""

    section: str
    values: Values
    removed: bool = False
    focus: str = ""  # the button that was pressed here, or "new": the page opens there
    form: RowForm | None = None
    position: int = 0  # on the page, from 0: the name of its fields
    number: int = 0  # in the revision, from 1: what a comment or a loop calls it
    remarks: tuple[Any, ...] = ()
    seal: Seal | None = None  # None: the line is new
    unsealed: bool = False  # the form came without a word about it
    same_source: bool = False  # somebody has looked: the old evidence says the new

    @property
    def facts(self) -> Values:
        """Return what the line says, without how that is known and where it is filed."""
        return {name: v for name, v in self.values.items() if name not in (*EVIDENCE, *_FILED)}

    @property
    def evidence(self) -> Values:
        return {name: self.values.get(name, "") for name in EVIDENCE}

    @property
    def before(self) -> list[tuple[str, str]]:
        """Return how the line was known before it was changed, when that is asked about."""
        return self.seal.before if self.seal else []

    @property
    def id(self) -> str:
        return f"{self.section}-{self.position}"

    @property
    def kind(self) -> str:
        return str(self.values.get("kind", ""))

    @property
    def words(self) -> str:
        """Return what the line is recognised by."""
        return str(self.values.get("examination" if self.section == "imaging" else "text", ""))

    @property
    def blank(self) -> bool:
        """Return whether nothing was typed in a line that was added."""
        given = ("kind", "basis", "status")
        return not any(v for name, v in self.values.items() if name not in given)

    @property
    def hidden(self) -> SafeString:
        """Return all fields as hidden ones, so that a line that goes can come back."""
        pairs = [(name, v) for name, v in self.values.items() if name != "sources"]
        pairs += [("sources", key) for key in self.values.get("sources", ())]
        pairs += [("was", str(self.seal or ""))]
        # A hidden text area, since a hidden input drops line ends.
        shape = '<textarea name="{}-{}" hidden>\n{}</textarea>'
        return format_html_join("", shape, ((self.id, name, value) for name, value in pairs))


@dataclass(slots=True)
class Page:
    """The lines of a draft by section, in the order of the revision."""

    sources: SourceList
    lines: dict[str, list[Entry]]
    withdrawal: str | None = None  # the reason, when the draft only withdraws; None: it has lines
    checked: bool = False

    # Made ------------------------------------------------------------------------------

    @classmethod
    def of_content(cls, kind: str, content: RevisionContent, sources: SourceList) -> Page:
        """Return the page of what a revision says."""
        lines = {
            name: [_stored(name, row) for row in getattr(content, name)] for name in SECTIONS[kind]
        }
        return cls(sources, lines, content.withdrawal or None)._settled()

    @classmethod
    def of_post(cls, kind: str, data: QueryDict, sources: SourceList) -> Page:
        """Return the page as it was sent, whatever was typed."""
        lines = {}
        for name in SECTIONS[kind]:
            count = data.get(f"{name}-count", "")
            held = min(int(count), MOST_LINES) if count.isdecimal() else 0
            lines[name] = [_sent(name, f"{name}-{at}-", data) for at in range(held)]
        withdrawal = _line_ends(data["withdrawal"]) if "withdrawal" in data else None
        return cls(sources, lines, withdrawal)._settled()

    def _settled(self) -> Page:
        """Give every line its place, and its form; a loop follows the steps it repeats."""
        for name, entries in self.lines.items():
            before = {entry.number: entry for entry in entries if entry.number}
            kept = [entry for entry in entries if not entry.removed]
            for number, entry in enumerate(kept, start=1):
                entry.number = number
            for entry in entries:
                entry.number = entry.number if not entry.removed else 0
            if name == "steps":
                for entry in kept:
                    _follow(entry, before)
            for position, entry in enumerate(entries):
                entry.position = position
                entry.form = self._form(entry)
        return self

    def _form(self, entry: Entry) -> RowForm:
        options: dict[str, Any] = {"prefix": entry.id, "sources": self.sources}
        if entry.section == "requirements":
            options["kind"] = entry.kind
        elif entry.section == "steps":
            options["number"] = entry.number
        if self.checked and not entry.removed:
            options["data"] = {f"{entry.id}-{name}": v for name, v in entry.values.items()}
        else:
            options["initial"] = entry.values
        form = FORMS[entry.section](**options)
        if entry.focus == "new":
            form.fields[form.main[0]].widget.attrs["autofocus"] = True
        return form

    # Read ------------------------------------------------------------------------------

    def check(self, stored: Callable[[], RevisionContent] = RevisionContent) -> bool:
        """Hold every line against what may stand in it; the page then shows what is wrong.

        A changed line is asked for its source; `stored` gives what the draft said before, for a
        form that does not tell.
        """
        self.checked = True
        unsealed = [entry for entry in self.entries() if entry.unsealed]
        before = stored() if unsealed else RevisionContent()
        for entry in unsealed:
            rows = getattr(before, entry.section)
            if entry.position < len(rows):
                entry.seal = _stored(entry.section, rows[entry.position]).seal
        asking = [entry for entry in self.entries() if _ask(entry)]
        self._settled()
        for entry in asking:
            assert entry.form is not None
            entry.form.add_error("sources", ASKED)
        return not self.faults()

    def faults(self) -> list[tuple[str, str, str]]:
        """Return (element id, field and line in words, what is wrong) of every field."""
        if not self.checked:
            return []
        found = []
        if self.withdrawal is not None:
            if not self.withdrawal.strip():
                found.append(("id_withdrawal", "Begrundelse", "Skriv, hvorfor reglerne trækkes."))
            return found
        for entry in self.entries():
            assert entry.form is not None
            for name, messages in entry.form.errors.items():
                bound = entry.form[name]
                where = f"{title(entry)}, {bound.label.lower()}"
                found.append((bound.id_for_label, where, " ".join(messages)))
        return found

    def entries(self, *, removed: bool = False) -> Iterable[Entry]:
        """Return every line that stays, or with `removed` those that go, too."""
        for entries in self.lines.values():
            yield from (entry for entry in entries if removed or not entry.removed)

    def content(self) -> RevisionContent:
        """Return what the page says; only after `check` said that it holds."""
        if self.withdrawal is not None:
            return RevisionContent(withdrawal=self.withdrawal.strip())
        rows: dict[str, list[Row]] = {name: [] for name in self.lines}
        for entry in self.entries():
            assert entry.form is not None
            rows[entry.section].append(entry.form.to_row())
        return RevisionContent(**{name: tuple(made) for name, made in rows.items()})  # type: ignore[arg-type]

    def as_text(self) -> str:
        """Return what was typed as plain text, for whoever can only copy it."""
        if self.withdrawal is not None:
            return self.withdrawal
        return "\n\n".join(_as_text(entry) for entry in self.entries())

    # Changed ---------------------------------------------------------------------------

    def know(self, sources: SourceList) -> None:
        """Pick from these sources from now on."""
        self.sources = sources
        self._settled()

    def do(self, command: str) -> bool:
        """Do what a button says ("up:steps-3", "add:requirements:goal"); False: none of these."""
        word, _colon, rest = command.partition(":")
        if word == "add":
            done = self._add(*rest.partition(":")[::2])
        else:
            section, _dash, at = rest.rpartition("-")
            entries = self.lines.get(section, [])
            if word not in _MOVES or not at.isdecimal() or int(at) >= len(entries):
                return False
            entries[int(at)].focus = word
            done = _MOVES[word](entries, int(at))
        self._settled()
        return done

    def _add(self, section: str, kind: str) -> bool:
        if section not in self.lines or len(self.lines[section]) >= MOST_LINES:
            return False
        values: Values = {"basis": "stated", "status": str(LineStatus.CURRENT), "sources": []}
        if "status" not in FORMS[section].columns:
            del values["status"]
        entries = self.lines[section]
        at = len(entries)
        if section == "requirements":
            if kind not in RequirementKind.values:
                return False
            values["kind"] = kind
            # After the last of its kind, else after what a reader meets before it.
            order = RequirementKind.values
            rank = order.index(kind)
            ranks = [order.index(e.kind) if e.kind in order else -1 for e in entries]
            same = [place for place, other in enumerate(ranks) if other == rank]
            earlier = [place for place, other in enumerate(ranks) if other < rank]
            at = (same or earlier or [-1])[-1] + 1
        entries.insert(at, Entry(section, values, focus="new"))
        return True


def _swap(step: int) -> Any:
    def move(entries: list[Entry], at: int) -> bool:
        """Change places with the nearest line that stands in the same group on the page."""
        entry = entries[at]
        places = range(at + step, len(entries) if step > 0 else -1, step)
        grouped = entry.section == "requirements"
        for other in places:
            if not entries[other].removed and (not grouped or entries[other].kind == entry.kind):
                entries[at], entries[other] = entries[other], entry
                break
        return True

    return move


def _set_removed(removed: bool) -> Any:
    def mark(entries: list[Entry], at: int) -> bool:
        entries[at].removed = removed
        if removed and entries[at].blank:
            del entries[at]  # nothing was typed, so there is nothing to take back
        return True

    return mark


_MOVES = {
    "up": _swap(-1),
    "down": _swap(1),
    "remove": _set_removed(True),
    "restore": _set_removed(False),
}


def _follow(entry: Entry, before: Mapping[int, Entry]) -> None:
    """Let a loop name the steps it named before they moved."""
    for name in ("repeats_from", "repeats_to"):
        typed = str(entry.values.get(name, "")).strip()
        if typed.isdecimal() and (named := before.get(int(typed))) and named.number:
            entry.values[name] = str(named.number)


def title(entry: Entry) -> str:
    """Return what a line is called where there is no room for it."""
    if entry.section == "requirements":
        label = dict(RequirementKind.choices).get(entry.kind, entry.kind)
        return f"{str(label).capitalize()} (linje {entry.number})"
    if entry.section == "steps":
        return f"Trin {entry.number}"
    return f"Undersøgelse {entry.number}"


def _as_text(entry: Entry) -> str:
    assert entry.form is not None
    said = [title(entry)]
    for name in entry.values:
        value = entry.values[name]
        value = ", ".join(value) if isinstance(value, list) else str(value)
        if value.strip() and name != "kind":
            said.append(f"{entry.form.fields[name].label}: {value}")
    return "\n".join(said)


def values_of(row: Row) -> Values:
    """Return a line as its fields hold it."""
    values: Values = {}
    for name in (*FORMS[SECTION_OF[type(row)]].columns, "sources"):
        value = getattr(row, name)
        values[name] = list(value) if name == "sources" else "" if value is None else str(value)
    return values


SECTION_OF: dict[type[Row], str] = {form.row: name for name, form in FORMS.items()}


def _sent(section: str, prefix: str, data: QueryDict) -> Entry:
    values: Values = {
        name: _line_ends(data.get(prefix + name, "")) for name in FORMS[section].columns
    }
    values["sources"] = [text for text in data.getlist(f"{prefix}sources") if text.strip()]
    return Entry(
        section,
        values,
        removed=f"{prefix}removed" in data,
        seal=Seal.read(data.get(f"{prefix}was", "")),
        unsealed=f"{prefix}was" not in data,
        same_source=f"{prefix}same" in data,
    )


def _stored(section: str, row: Row) -> Entry:
    """Return a line of a revision, sealed: what it says is known from what it names."""
    entry = Entry(section, values_of(row))
    entry.seal = Seal.of(entry.facts, entry.evidence)
    return entry


def _ask(entry: Entry) -> bool:
    """Take out of a changed line what it was known from; return whether anything was."""
    seal = entry.seal
    if seal is None:
        return False
    settled = seal.settled(entry.facts, entry.evidence, same_source=entry.same_source)
    entry.values |= settled
    if entry.same_source or not settled:
        return False
    entry.seal = seal.after_asking()
    return True


def _line_ends(text: str) -> str:
    """Undo what browsers do to the line ends of a text field."""
    return text.replace("\r\n", "\n")
