"""Pygments' lexers that are tables of patterns, run faster and to the same words.

At every place of a text Pygments tries the patterns of a state in turn, dozens of them, nearly all in vain:
most cannot begin with the character that stands there. Here the ones that cannot are left out beforehand.
What a pattern may begin with is read from the tree that ``re`` makes of it; what is not understood of that
may begin with anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final

from pygments.lexer import ExtendedRegexLexer, Lexer, RegexLexer
from pygments.token import Error, Whitespace, _TokenType

Rule = tuple[Callable[[str, int], re.Match[str] | None], Any, Any]
"""A pattern's ``match``, the kind of word or a function that yields words, and what becomes of the state."""


def quick(lexer: Lexer) -> Lexer:
    """A lexer that gives the same words sooner; the very same where it is not one of plain tables."""
    whole: Any = type(lexer)
    if "_tokens" not in vars(whole) or isinstance(lexer, ExtendedRegexLexer):
        return lexer
    # What the lexer's own class does comes first, and finds ours where it looks for the one it extends.
    made = type(whole)(whole.__name__, (whole, _Quick), {"_tokens": whole._tokens, "rules": _States(whole)})
    found: Lexer = made(**lexer.options)
    return found


class _Quick(RegexLexer):
    rules: _States

    def get_tokens_unprocessed(
        self, text: str, stack: Iterable[str] = ("root",)
    ) -> Iterator[tuple[int, Any, str]]:
        states, stack, pos = self.rules, list(stack), 0
        rules = states[stack[-1]]
        while True:
            for rule in rules[text[pos : pos + 1]]:
                if found := rule[0](text, pos):
                    break
            else:
                if pos >= len(text):
                    return
                if text[pos] == "\n":
                    stack = ["root"]
                    rules = states["root"]
                    yield pos, Whitespace, "\n"
                else:
                    yield pos, Error, text[pos]
                pos += 1
                continue
            _, action, new_state = rule
            if type(action) is _TokenType:
                yield pos, action, found.group()
            elif action is not None:
                yield from action(self, found)
            pos = found.end()
            if new_state is not None:
                _go(stack, new_state)
                rules = states[stack[-1]]


def _go(stack: list[str], new_state: tuple[str, ...] | int | str) -> None:
    """Into another state: some are entered, or a negative number of them left, but never the first."""
    if isinstance(new_state, int):
        del stack[max(1, len(stack) + new_state) :]
        return
    for state in new_state if isinstance(new_state, tuple) else (new_state,):
        if state == "#pop":
            del stack[max(1, len(stack) - 1) :]
        else:
            stack.append(stack[-1] if state == "#push" else state)


# ------------------------------------------------------------------- tables


_SOON: Final = 1_000
"""How often a state is asked for its rules before it is worth a look at them."""


class _Rules(dict[str, Sequence[Rule]]):
    """A state's rules in their order, by the character before which they may match; at a text's end all."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._rules = rules
        self._asked = 0

    def __missing__(self, character: str) -> Sequence[Rule]:
        self._asked += 1
        if self._asked <= _SOON or character not in _ASCII:
            return self._rules
        self[character] = found = [rule for rule in self._rules if character in _begins(rule[0])]
        return found


class _States(dict[str, _Rules]):
    """A lexer's states by their names."""

    def __init__(self, lexer: Any) -> None:
        super().__init__()
        self._lexer = lexer

    def __missing__(self, state: str) -> _Rules:
        self[state] = found = _Rules(self._lexer._tokens[state])
        return found


# ----------------------------------------------------------------- patterns

_ASCII: Final = frozenset(map(chr, range(128)))
_CATEGORIES: Final = {
    f"CATEGORY_{name}": frozenset(filter(re.compile(form).match, _ASCII))
    for name, form in {
        "DIGIT": r"\d",
        "NOT_DIGIT": r"\D",
        "SPACE": r"\s",
        "NOT_SPACE": r"\S",
        "WORD": r"\w",
        "NOT_WORD": r"\W",
    }.items()
}
First = tuple[frozenset[str], bool]
"""The ASCII characters that a match may begin with, and whether it may be empty."""

_ANYTHING: Final[First] = (_ASCII, True)
_NOTHING: Final[First] = (frozenset(), True)


def _begins(match: Any) -> frozenset[str]:
    pattern = getattr(match, "__self__", None)
    return _first_of(pattern) if isinstance(pattern, re.Pattern) else _ASCII


@cache
def _first_of(pattern: re.Pattern[str]) -> frozenset[str]:
    """The ASCII characters that may stand where it matches."""
    try:
        tree = import_module("re._parser").parse(pattern.pattern, pattern.flags & re.VERBOSE)
        some, may_be_empty = _first(tree, pattern.flags)
    except Exception:  # that tree is the interpreter's own affair: an unknown one costs time only
        return _ASCII
    return _ASCII if may_be_empty else some


def _first(tree: Iterable[tuple[Any, Any]], flags: int) -> First:
    found: set[str] = set()
    for node, value in tree:
        some, may_be_empty = _first_of_node(str(node), value, flags)
        found |= some
        if not may_be_empty:
            return frozenset(found), False
    return frozenset(found), True


def _first_of_node(node: str, value: Any, flags: int) -> First:
    match node:
        case _ if flags & re.ASCII:
            return _ANYTHING
        case "LITERAL":
            return _characters(value, value, flags), False
        case "IN":
            return _one_of(value, flags), False
        case "BRANCH":
            firsts = [_first(each, flags) for each in value[1]]
            return frozenset().union(*(some for some, _ in firsts)), any(empty for _, empty in firsts)
        case "SUBPATTERN":
            _, on, off, tree = value
            return _first(tree, (flags | on) & ~off)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, _, tree = value
            some, may_be_empty = _first(tree, flags)
            return some, may_be_empty or not least
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return _NOTHING
    return _ANYTHING


def _one_of(members: Iterable[tuple[Any, Any]], flags: int) -> frozenset[str]:
    found: set[str] = set()
    negated = False
    for node, value in members:
        match str(node):
            case "NEGATE":
                negated = True
            case "LITERAL":
                found |= _characters(value, value, flags)
            case "RANGE":
                found |= _characters(value[0], value[1], flags)
            case "CATEGORY":
                found |= _CATEGORIES[str(value)]
            case _:
                return _ASCII
    if not negated:
        return frozenset(found)
    return _ASCII if flags & re.IGNORECASE else _ASCII - found


def _characters(first: int, last: int, flags: int) -> frozenset[str]:
    if flags & re.IGNORECASE:
        if last > 127:  # some of those are the same as a letter of ASCII: a long s is an s
            return _ASCII
        span = map(chr, range(first, last + 1))
        return frozenset(either for each in span for either in (each.lower(), each.upper()))
    return frozenset(map(chr, range(first, min(last, 127) + 1)))
