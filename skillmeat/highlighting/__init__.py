"""The code of a few well-known languages → HTML with a class for each kind of word.

Pygments reads it, and nothing of what it says reaches the page but where one word ends and which of a few
kinds it is: the text itself is escaped here, and is checked to be what went in. Pygments is slow beside all
the rest of a page, so there are bounds; code beyond them is shown without colours.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MAX_CODE: Final = 4_000
MAX_LINES: Final = 200
MAX_LINE: Final = 1_000
"""How many characters and lines one piece of code may have, and how long a line may be.

Some lexers take quadratic time over words or empty lines: within these bounds the worst takes 0.4 s.
"""

LANGUAGES: Final = {
    name: lexer
    for lexer, names in {
        "bash": "bash sh shell zsh",
        "bat": "bat batch cmd",
        "c": "c h",
        "console": "console shell-session",
        "cpp": "cpp c++ cc hpp",
        "csharp": "csharp c# cs",
        "css": "css",
        "dart": "dart",
        "diff": "diff patch",
        "docker": "docker dockerfile",
        "elixir": "elixir ex exs",
        "go": "go golang",
        "graphql": "graphql gql",
        "haskell": "haskell hs",
        "html": "html htm",
        "http": "http",
        "ini": "ini cfg conf properties dotenv env",
        "java": "java",
        "javascript": "javascript js mjs cjs",
        "json": "json jsonc json5",
        "jsx": "jsx",
        "julia": "julia jl",
        "kotlin": "kotlin kt kts",
        "lua": "lua",
        "make": "make makefile",
        "nginx": "nginx",
        "objective-c": "objc objective-c",
        "perl": "perl pl",
        "php": "php",
        "powershell": "powershell ps1 pwsh",
        "protobuf": "proto protobuf",
        "python": "python py python3",
        "pycon": "pycon",
        "r": "r",
        "ruby": "ruby rb",
        "rust": "rust rs",
        "scala": "scala",
        "scss": "scss",
        "solidity": "solidity sol",
        "sql": "sql postgresql mysql sqlite",
        "swift": "swift",
        "terraform": "terraform hcl tf",
        "toml": "toml",
        "tsx": "tsx",
        "typescript": "typescript ts mts cts",
        "xml": "xml svg",
        "yaml": "yaml yml",
        "zig": "zig",
    }.items()
    for name in names.split()
}
"""By what people write after a code fence, or as the ending of a file: the lexer that Pygments has for it."""

KINDS: Final = {
    "comment": "c",
    "keyword": "k",
    "name": "f",
    "attribute": "a",
    "string": "s",
    "number": "n",
    "inserted": "i",
    "deleted": "d",
}
"""The kinds of words that have a colour, and the last letter of each one's class: ``hl-c`` is a comment."""

_KIND_OF: Final = {
    "Comment": "comment",
    "Comment.Preproc": "keyword",
    "Comment.PreprocFile": "string",
    "Keyword": "keyword",
    "Keyword.Constant": "number",
    "Operator.Word": "keyword",
    "Name.Tag": "keyword",
    "Name.Function": "name",
    "Name.Class": "name",
    "Name.Decorator": "name",
    "Name.Exception": "name",
    "Name.Builtin": "name",
    "Name.Attribute": "attribute",
    "Name.Variable": "attribute",
    "Name.Constant": "number",
    "Name.Entity": "number",
    "Literal.Number": "number",
    "Literal.String": "string",
    "Literal.String.Escape": "number",
    "Literal.String.Interpol": "number",
    "Literal.Date": "number",
    "Generic.Inserted": "inserted",
    "Generic.Deleted": "deleted",
    "Generic.Heading": "name",
    "Generic.Subheading": "name",
    "Generic.Prompt": "comment",
}


def highlight(code: str, language: str) -> str | None:
    """The code as HTML; None when the language is not known, or it is more than the bounds allow."""
    name = LANGUAGES.get(language.lower())
    if name is None or not 0 < len(code) <= MAX_CODE:
        return None
    lines = code.split("\n")
    if len(lines) > MAX_LINES or max(map(len, lines)) > MAX_LINE:
        return None
    try:
        return _marked(code, _lexer(name).get_tokens_unprocessed(code))
    except (
        Exception
    ):  # a lexer is a heap of patterns met with foreign text: its failure costs the colours only
        return None


def _marked(code: str, words: Iterable[tuple[int, Any, str]]) -> str | None:
    """The code in runs of one kind each; None when the words are not all that is in it."""
    marked: list[str] = []
    end = start = 0
    last = ""
    for _, token, text in words:
        kind = _kind(token)
        if not code.startswith(text, end):
            return None
        if kind != last:
            marked.append(_run(last, code[start:end]))
            start, last = end, kind
        end += len(text)
    marked.append(_run(last, code[start:]))
    return "".join(marked) if end == len(code) else None


def _run(kind: str, text: str) -> str:
    escaped = html.escape(text, quote=False)
    return f'<span class="hl-{KINDS[kind]}">{escaped}</span>' if kind and text.strip() else escaped


@cache
def _lexer(name: str) -> Lexer:
    from pygments.lexers import get_lexer_by_name

    from skillmeat.highlighting.lexing import quick

    return quick(get_lexer_by_name(name, stripnl=False, ensurenl=False))


@cache
def _kind(token: Any) -> str:
    """The kind of the nearest ancestor that has one, else of none."""
    parts = tuple(token)
    for length in range(len(parts), 0, -1):
        if found := _KIND_OF.get(".".join(parts[:length])):
            return found
    return ""
