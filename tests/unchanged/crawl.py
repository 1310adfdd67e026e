"""Ask a site for everything it says, and keep the answers in one file.

A record is a SQLite file: `answer` (address, kind, status, headers, hash) and `content` (hash,
compressed body). Pages are kept in their plain form (`normal.page`), everything else byte for byte.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import multiprocessing
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

WORKERS = 2
AT_ONCE = 400  # addresses that a process answers before it gives way to a fresh one
DAYS = ("2026-11-28", "2026-12-31", "2027-01-01")
CASES = Path(__file__).parent.parent / "pathways" / "address_cases.csv"
# What stands for itself; everything else is found by following links.
START = (
    "/", "/kort/", "/om/", "/privatliv/", "/was/", "/ordliste/", "/kilder/", "/regler/",
    "/enheder/", "/enheder/liste.csv", "/aendringer/", "/aendringer/atom.xml", "/sammenlign/",
    "/eksempler/", "/foelg/", "/opslag/", "/sundhed/", "/stemmer-det-ikke/side/",
    "/fandt-du-det/om/", "/sted/8600-silkeborg/2026-12-31/", "/sted/8600-silkeborg/2027-01-01/",
    "/sted/8620/1900-01-01/", "/regler/2027-01-01/", "/enheder/2027-01-01/", "/kilder/2027-01-01/",
    "/enheder/2027-01-01/liste.csv", "/kort/2027-01-01/", "/kort/2026-12-31/",
    "/sammenlign/sted:8600-silkeborg/sted:roskilde-kommune/",
    "/sammenlign/sted:8600-silkeborg/sted:roskilde-kommune/2027-01-01/",
    "/sammenlign/sted:2640/national/",
    "/sammenlign/eksempel:ct-foer-henvisning/eksempel:kraeft-ja-nej/"
    "eksempel:ingen-henvisningskrav/sted:2300-koebenhavn-amager-vest/",
    # Errors.
    "/findes-ikke/", "/opslag/?postnr=x", "/sted/9999/", "/sted/8600/2026-02-30/",
    "/regler/track:region:nowhere:MAS/", "/enheder/findes-ikke/", "/enheder/?art=findes-ikke",
    "/foelg/bekraeft/x/", "/foelg/mine/x/", "/fandt-du-det/findes-ikke/",
)  # fmt: skip
# Where the editors' work shows, besides the pages of rule sets, units and changes.
CHANGED = (
    "/",
    "/regler/",
    "/enheder/",
    "/kilder/",
    "/aendringer/",
    "/aendringer/atom.xml",
    "/sted/8600-silkeborg/",
    "/sted/8700-horsens/",
)
# Forms that are sent empty.
FORMS = (
    "/stemmer-det-ikke/side/om/",
    "/stemmer-det-ikke/1/",
    "/foelg/region/midtjylland/",
    "/sammenlign/",
    "/fandt-du-det/om/",
)
# Of what is linked from every place, one in so many is asked for (chosen by the address' sum).
ONE_IN = (
    (re.compile(r"^/sammenlign/"), 40),
    (re.compile(r"^/(foelg/sted|fandt-du-det|stemmer-det-ikke/side)/"), 40),
    (re.compile(r"^/aendringer/(sted/|[\d-]{10})"), 10),
    (re.compile(r"^/sted/.*/\d{4}-\d\d-\d\d/$"), 10),
)
_HREF = re.compile(r'<a [^>]*?href="(/[^"#]*)')
_FOREIGN = re.compile(r"^/(static|redaktion|admin|api)/")
# Differ with the way a page is written, not with what it says.
_UNSAID = {"content-length", "etag", "expires", "set-cookie"}
_EDITORS = re.compile(r"^/(redaktion|admin)/")
_NOT_FOLLOWED = re.compile(
    r"/konto/(logout|faktor/(app|koder/nye|noegler/ny))|/admin/(.*/){3}|/admin/.*\?|/jsi18n/"
    r"|[?&](tilbage|next)=|&"  # one choice at a time: of several there are too many
)


@dataclass(frozen=True)
class Answer:
    """What one address said; `links` are the addresses that a page leads to."""

    address: str
    kind: str
    status: int
    headers: str
    body: bytes
    links: tuple[str, ...] = ()

    @property
    def sha(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


# The site ---------------------------------------------------------------------------------


def prepare(tree: Path, database: Path) -> None:
    """Make this process the site of a source tree, on a database file; read nothing of it yet."""
    os.environ.update(
        DEBUG="0",
        SECURE="0",
        SECRET_KEY="only-for-a-record-" + "0" * 50,
        ALLOWED_HOSTS="testserver",
        SITE_ADDRESS="http://testserver",
        STATIC_MANIFEST="0",
        EMAIL_URL="memorymail://",
        LOG_LEVEL="CRITICAL",
        OIDC_PROVIDERS="",
        DATABASE_URL=f"sqlite:///{database}",
        DJANGO_SETTINGS_MODULE="pathways.settings",
    )
    # Nothing of the tree that this script stands in is imported from here on but its own package.
    sys.path[:] = [str(tree), *(path for path in sys.path if path not in ("", os.getcwd()))]
    os.chdir(tree)
    warnings.simplefilter("ignore")
    from . import clock

    clock.freeze()
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()


def _on(database: Path) -> None:
    """Let this process use another database file."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(database)


def _command(*arguments: str) -> str:
    from django.core.management import call_command

    said = io.StringIO()
    call_command(*arguments, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def _bootstrap(database: Path) -> None:
    _on(database)
    _command("bootstrap", "--verbosity=0")
    # One file, without what waits in its journal.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


# Addresses --------------------------------------------------------------------------------


def places(tree: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the ids of every place, and every (postcode, municipality) pair as (id, words)."""
    geography = tree / "fixtures" / "geography"

    def rows(name: str) -> Iterator[dict[str, str]]:
        with (geography / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    municipalities = {row["code"]: row for row in rows("municipalities.csv")}
    pairs, ids = [], []
    for row in rows("postcode_places.csv"):
        town = municipalities[row["municipality_code"]]
        pairs.append(
            (f"{row['postcode']}-{town['slug']}", f"{row['postcode']} {town['name']} Kommune")
        )
        ids.append(row["postcode"])
    ids += [key for key, _words in pairs]
    ids += [f"{row['slug']}-kommune" for row in municipalities.values()]
    for row in rows("postcode_districts.csv"):
        slug = municipalities[row["municipality_code"]]["slug"]
        ids.append(f"{row['postcode']}-{slug}-{row['district']}")
    return list(dict.fromkeys(ids)), pairs


def _posted(path: str, body: dict[str, str]) -> str:
    """Name a form or a JSON text that is sent to an address."""
    return f"POST {path} {json.dumps(body, ensure_ascii=False)}"


def _first(tree: Path, one_in: int) -> tuple[list[str], list[str]]:
    """Return the addresses of pages that the crawl begins with, and what programs ask for."""
    ids, pairs = places(tree)
    ids = [key for key in ids if _chosen(key, one_in)]
    pairs = [(key, words) for key, words in pairs if _chosen(key, one_in)]
    danish = [*START, *(f"/sted/{key}/" for key in ids)]
    pages = [*danish, *(f"/en{path}" for path in danish if path != "/sundhed/")]
    api = "/api/v1/lookup"
    programs = [
        *(_posted(api, {"text": words, "on": day}) for day in DAYS for _key, words in pairs),
        *(f"{api}?postcode={key}&on={DAYS[2]}" for key in ids if key.isdigit()),
        f"{api}?postcode=x", f"{api}?vej=x", f"{api}?postcode=8600&on=x", _posted(api, {}),
    ]  # fmt: skip
    for language in ("", "/en"):
        pages += [_posted(f"{language}/opslag/", {"adresse": text}) for text in cases()]
        pages += [_posted(f"{language}/opslag/", {"adresse": ""})]
        pages += [_posted(f"{language}{path}", {}) for path in FORMS]
    return pages, programs


def cases() -> list[str]:
    """Return the texts of the address cases."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return [row["text"].replace("\\n", "\n") for row in csv.DictReader(file)]


def _danish(path: str) -> str:
    """Return the Danish address of a page in either language; /enheder/ is Danish already."""
    return path[3:] if path.startswith("/en/") else path


def _chosen(name: str, one_in: int) -> bool:
    return zlib.crc32(name.encode()) % one_in == 0


def _wanted(address: str, one_in: int) -> bool:
    """Return whether a linked address of readers is asked for, so that languages go together."""
    danish = _danish(address)
    if (found := re.match("/sted/([^/]+)/", danish)) and not _chosen(found[1], one_in):
        return False
    for pattern, of in ONE_IN:
        if pattern.match(danish):
            return _chosen(danish, of)
    return True


# Asking -----------------------------------------------------------------------------------


def ask(client: Any, address: str) -> Answer:
    """Return what the site answers to an address, as a record keeps it."""
    if address.startswith("POST "):
        _post, path, body = address.split(" ", 2)
        sent = {"content_type": "application/json"} if path.startswith("/api/") else {}
        response = client.post(path, body if sent else json.loads(body), **sent)
    else:
        path = address
        response = client.get(path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    content_type = response.headers.get("Content-Type", "")
    kind = _kind(path, content_type, response.status_code)
    headers = {k: v for k, v in response.headers.items() if k.lower() not in _UNSAID}
    if policy := headers.get("Content-Security-Policy"):  # in the order of a set's members
        headers["Content-Security-Policy"] = "; ".join(sorted(policy.split("; ")))
    from . import normal

    links: tuple[str, ...] = ()
    if content_type.startswith("text/html"):
        html = body.decode()
        links = tuple(dict.fromkeys(unescape(link) for link in _HREF.findall(html)))
        body = normal.page(html).encode()
    said = normal.without_tokens(json.dumps(headers, sort_keys=True, ensure_ascii=False))
    return Answer(address, kind, response.status_code, said, body, links)


def _kind(path: str, content_type: str, status: int) -> str:
    for beginning, kind in (
        ("application/json", "json"),
        ("application/atom", "feed"),
        ("text/csv", "csv"),
        ("application/vnd.openxml", "workbook"),
        ("application/zip", "workbook"),
    ):
        if content_type.startswith(beginning):
            return kind
    if 300 <= status < 400:
        return "redirect"
    if found := _EDITORS.match(path):
        return f"page {found[1]}"
    english = path.startswith("/en/")
    parts = _danish(path.partition("?")[0]).split("/")
    sheets = [each for each in parts[3:4] if each in ("tjekliste", "billeddiagnostik")]
    part = "/".join([parts[1], *sheets])
    return f"page {'en' if english else 'da'} {part if status < 400 else status}"


def _some(job: tuple[Path, list[str]]) -> list[Answer]:
    """Answer some addresses for readers, in a process of their own."""
    from django.test import Client

    database, addresses = job
    _on(database)
    client = Client(raise_request_exception=False)
    return [ask(client, address) for address in addresses]


def _commands(database: Path) -> list[Answer]:
    """Return what the commands print."""
    _on(database)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        batch = Path(folder, "cases.txt")
        texts = [" ".join(text.split()) for text in cases()]
        batch.write_text("\n".join(texts) + "\n", encoding="utf-8")
        for day in DAYS:
            said = _command("lookup", "--batch", str(batch), "--json", "--on", day)
            found.append(
                Answer(f"lookup --batch --json --on {day}", "command", 0, "", said.encode())
            )
            for arguments in (["coverage"], ["audit_directory"], ["audit_directory", "--json"]):
                said = _command(*arguments, "--on", day)
                name = f"{' '.join(arguments)} --on {day}"
                found.append(Answer(name, "command", 0, "", said.encode()))
        said = "\n".join(_command("lookup", text, "--on", DAYS[0]) for text in texts)
        found.append(Answer("lookup, as text", "command", 0, "", said.encode()))
    return found


def _editors(database: Path) -> list[Answer]:
    """Do the editors' work on the database, and return what they and then readers are shown."""
    _on(database)
    from django.core import mail
    from django.test import Client

    from . import clock, normal, state

    client = state.build().client
    client.raise_request_exception = False
    exports = [
        f"/redaktion/{scope}/eksport/?form={form}&dato={day}"
        for scope in ("nationalt", *(f"region/{slug}" for slug in state.REGIONS))
        for form in ("xlsx", "csv")
        for day in DAYS
    ]
    found = _follow(
        client, ["/redaktion/", "/redaktion/log/log.csv", "/admin/", *exports], _of_editors
    )
    reader = Client(raise_request_exception=False)
    changed = [f"{language}{path}" for language in ("", "/en") for path in CHANGED]
    for one in _follow(reader, changed, _of_changed):
        found.append(replace(one, address=f"after: {one.address}", kind=f"after: {one.kind}"))
    # The letters of the coming weeks.
    for days in (0, 1, 1, 7, 30, 60):
        clock.advance(days=days)
        _command("send_notifications")
    for number, letter in enumerate(mail.outbox, start=1):
        text = normal.without_tokens(f"{letter.subject}\n\n{letter.body}")
        headers = normal.without_tokens(json.dumps(letter.extra_headers, sort_keys=True))
        found.append(
            Answer(f"letter {number} to {letter.to[0]}", "letter", 0, headers, text.encode())
        )
    return found


def _of_editors(address: str) -> bool:
    return bool(_EDITORS.match(address)) and not _NOT_FOLLOWED.search(address)


def _of_changed(address: str) -> bool:
    """Return whether the editors' work may show at an address of readers."""
    danish = _danish(address)
    return bool(
        re.match(r"^/(regler|enheder|aendringer/(region|enhed)|stemmer-det-ikke/\d+)/", danish)
    )


def _follow(client: Any, addresses: list[str], wanted: Any) -> list[Answer]:
    """Ask for the addresses and for all that they lead to."""
    found: dict[str, Answer] = {}
    waiting = list(addresses)
    while waiting:
        address = waiting.pop(0)
        if address not in found:
            found[address] = ask(client, address)
            waiting += [link for link in found[address].links if wanted(link)]
    return list(found.values())


# Recording --------------------------------------------------------------------------------


def record(folder: Path, tree: Path, *, one_in: int = 1) -> Counter[str]:
    """Write the record of a source tree into the folder; return how many answers of each kind.

    Of the places only one in so many is looked at, with everything else: a quick look on the way.
    """
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    tree = tree.resolve()
    target = folder.resolve() / "record.sqlite3"
    target.unlink(missing_ok=True)
    os.nice(5)
    with tempfile.TemporaryDirectory(prefix="unchanged-") as scratch:
        fresh, worked_on = Path(scratch, "fresh.sqlite3"), Path(scratch, "worked_on.sqlite3")
        prepare(tree, fresh)
        kept = _Record(target)
        context = multiprocessing.get_context("fork")
        with context.Pool(WORKERS, maxtasksperchild=1) as pool:
            pool.apply(_bootstrap, [fresh])
            shutil.copy(fresh, worked_on)
            others = [pool.apply_async(_editors, [worked_on]), pool.apply_async(_commands, [fresh])]
            pages, programs = _first(tree, one_in)
            seen, waiting = set(pages + programs), pages + programs
            while waiting:
                jobs = [(fresh, waiting[n : n + AT_ONCE]) for n in range(0, len(waiting), AT_ONCE)]
                waiting = []
                for answers in pool.imap(_some, jobs):
                    kept.add(answers)
                    for link in dict.fromkeys(link for one in answers for link in one.links):
                        if link not in seen and not _FOREIGN.match(link) and _wanted(link, one_in):
                            seen.add(link)
                            waiting.append(link)
            for other in others:
                kept.add(other.get())
    asked = ["git", "-C", str(tree), "rev-parse", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True)
    kept.close(
        tree=str(tree),
        commit=commit.stdout.strip(),
        one_in=one_in,
        seconds=round(time.monotonic() - began),
    )
    return kept.counts


class _Record:
    def __init__(self, path: Path) -> None:
        self.counts: Counter[str] = Counter()
        self._file = sqlite3.connect(path)
        self._file.executescript(
            "CREATE TABLE answer (address TEXT PRIMARY KEY, kind TEXT, status INTEGER,"
            " headers TEXT, sha256 TEXT);"
            "CREATE TABLE content (sha256 TEXT PRIMARY KEY, body BLOB);"
            "CREATE TABLE about (name TEXT, value TEXT)"
        )

    def add(self, answers: Iterable[Answer]) -> None:
        for one in answers:
            self.counts[one.kind] += 1
            row = (one.address, one.kind, one.status, one.headers, one.sha)
            self._file.execute("INSERT INTO answer VALUES (?, ?, ?, ?, ?)", row)
            body = (one.sha, zlib.compress(one.body))
            self._file.execute("INSERT OR IGNORE INTO content VALUES (?, ?)", body)
        self._file.commit()

    def close(self, **about: object) -> None:
        rows = [(name, str(value)) for name, value in about.items()]
        self._file.executemany("INSERT INTO about VALUES (?, ?)", rows)
        self._file.commit()
        self._file.close()
