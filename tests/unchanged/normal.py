"""A page without what may differ between two servers that say the same.

The result is HTML again, a token to a line: attributes sorted, static hashes and signed values left
out, and of white space only what a reader could see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from html.parser import HTMLParser

import html5lib

# Signed by the server that wrote it, or random: form keys, CSRF tokens, versions of a source.
_SIGNED = re.compile(r"[\w.=-]{4,}:[A-Za-z0-9]{6}:[\w-]{43}|(?<=/)\d+\.[\w-]{43}(?=/)")
_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')
_STATIC = re.compile(r"(/static/[\w./-]+?)\.[0-9a-f]{12}(?=\.\w+)")
_INVITATION = re.compile(r"(?<=/invitation/)[\w-]{20,}")
_VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
    *("track", "wbr"),
}
_RAW = {"pre", "textarea", "script", "style"}
# White space beside any other tag is seen by nobody.
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins"),
    *("kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time"),
    *("tspan", "u", "var"),
}
_INLINE_BLOCKS = {"button", "img", "input", "select", "svg", "textarea"}


def without_tokens(text: str) -> str:
    """Return the text without signed values, invitations' tokens and hashes of static files."""
    for pattern, instead in (
        (_TOKEN, r"\1[token]"),
        (_SIGNED, "[signed]"),
        (_INVITATION, "[token]"),
        (_STATIC, r"\1"),
    ):
        text = pattern.sub(instead, text)
    return text


def page(html: str) -> str:
    """Return the page in its plain form, a token to a line."""
    parser = _Parser()
    parser.feed(without_tokens(html))
    parser.close()
    return parser.form.text()


def parsed_page(plain: str) -> str:
    """Return the plain form of the tree that a browser makes of a page's plain form.

    Dearer than `page`, and blind to how a page is written: an end tag that may be left out.
    """
    form = _Form()
    tree = html5lib.parse(plain.replace("\n", ""))
    for token in html5lib.getTreeWalker("etree")(tree):
        match token["type"]:
            case "StartTag" | "EmptyTag":
                form.start(
                    token["name"], [(name, value) for (_, name), value in token["data"].items()]
                )
            case "EndTag":
                form.end(token["name"])
            case "Characters" | "SpaceCharacters":
                form.words(token["data"])
    return form.text()


class _Form:
    """Gathers the tokens of a page."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.raw = 0
        self.space = False  # there was white space, and nothing visible since
        self.fresh = True  # a box has just begun or ended: white space here is not seen

    def text(self) -> str:
        return "\n".join(self.lines)

    def start(self, tag: str, attributes: Iterable[tuple[str, str | None]]) -> None:
        if tag in _INLINE_BLOCKS:
            self._visible("")
        shown = "".join(
            f' {name}="{escape(" ".join(value.split()) if name in ("class", "d") else value)}"'
            for name, value in sorted((name, value or "") for name, value in attributes)
        )
        self.lines.append(f"<{tag}{shown}>")
        self.raw += tag in _RAW
        if tag not in _INLINE and not (tag in _INLINE_BLOCKS and tag in _VOID):
            self.space, self.fresh = False, True

    def end(self, tag: str) -> None:
        if tag in _VOID:
            return
        self.lines.append(f"</{tag}>")
        self.raw -= tag in _RAW
        if tag not in _INLINE:
            self.space, self.fresh = False, tag not in _INLINE_BLOCKS

    def words(self, data: str) -> None:
        if self.raw:
            self.lines.append(escape(data, quote=False).replace("\n", "&#10;"))
            return
        words = " ".join(data.split())
        self.space = self.space or data[:1].isspace()
        if words:
            self._visible(escape(words, quote=False))
            self.space = data[-1].isspace()

    def _visible(self, words: str) -> None:
        """Add words, after the space before them; none are a picture or a button to come."""
        words = f" {words}" if self.space and not self.fresh else words
        if words and self.lines and not self.lines[-1].startswith("<"):
            self.lines[-1] += words
        elif words:
            self.lines.append(words)
        self.space = self.fresh = False


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.form = _Form()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.form.start(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.form.start(tag, attrs)
        self.form.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self.form.end(tag)

    def handle_data(self, data: str) -> None:
        self.form.words(data)
