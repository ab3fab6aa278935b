"""Tags for the words that people wrote where a tag was only a word."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

from pydantic import ValidationError

from skillmeat.catalog import Catalog
from skillmeat.checks.names import reserved_name
from skillmeat.edits.making import slug_of
from skillmeat.errors import Invalid
from skillmeat.model import Tag
from skillmeat.scalars import SLUG_LENGTH
from skillmeat.text import fold, one_line, shorten

_NAME = 255


def tags_for(words: Iterable[str], present: Iterable[Tag] = ()) -> dict[str, Tag]:
    """A tag for every word, whatever text it is; words that fold alike have one tag.

    A word that a tag of ``present`` has as its name, slug or alias is that tag. Any other makes a new one:

    - It is named as the word is spelled, most often where spellings differ. What no name can hold is shown
      instead: hidden characters spelled out, blanks in quotes, what is too long cut.
    - Its slug is made from that name; ``tag-`` and eight digits of a hash where none can be, ``-tag`` added
      where the slug is reserved. Where several names make one slug, the name that reads like the slug has it,
      or else the first; the others are numbered from 2 in the order of their names.

    The same words give the same tags in every order.
    """
    counts = Counter(words)
    known = list(present)
    by_word = {fold(word): tag for tag in known for word in (*tag.aliases, tag.id, tag.name)}
    spellings: dict[str, list[str]] = defaultdict(list)
    for word in counts:
        spellings[fold(word)].append(word)
    new = {
        key: min(alike, key=lambda word: (not _is_name(word), -counts[word], word))
        for key, alike in spellings.items()
        if key not in by_word
    }
    names = _names(new, {fold(tag.name) for tag in known})
    slugs = _slugs(new, names, {slug for tag in known for slug in (tag.id, *tag.aliases)})
    made = {key: Tag(id=slugs[key], name=names[key]) for key in new}
    return {word: made.get(key) or by_word[key] for key, alike in spellings.items() for word in alike}


def is_written(name: str, word: str) -> bool:
    """Whether ``tags_for`` can have made a tag of that name from the word."""
    return fold(name) in {fold(word), *map(fold, _shown(word))}


def _names(words: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    taken = {*taken, *(fold(word) for word in words.values() if _is_name(word))}
    for key, word in sorted(words.items()):
        found[key] = word
        if not _is_name(word):
            names = chain(_shown(word), (f"{_digest(word)} {number}" for number in count(2)))
            found[key] = next(name for name in names if fold(name) not in taken)
            taken.add(fold(found[key]))
    return found


def _shown(word: str) -> Iterator[str]:
    """Names for a word that is none, the first of which is free unless somebody means harm."""
    shown = one_line(word) if word.strip() else f'"{one_line(word)}"'
    yield shorten(shown, _NAME)
    digest = _digest(word)
    for tail in (f" [{digest[:8]}]", f" [{digest}]"):
        yield shorten(shown, _NAME - len(tail)) + tail


def _slugs(words: Mapping[str, str], names: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    bases = {key: _base(key, word) for key, word in words.items()}
    order = sorted(words, key=lambda key: (fold(names[key]) != bases[key], key))
    found: dict[str, str] = {}
    for key in order:
        if bases[key] not in taken:
            found[key] = bases[key]
            taken.add(bases[key])
    counts: Counter[str] = Counter()
    for key in order:
        base = slug = bases[key]
        while key not in found:
            counts[base] += 1
            tail = f"-{counts[base] + 1}"
            slug = base[: SLUG_LENGTH - len(tail)].rstrip("-") + tail
            if slug not in taken:
                found[key] = slug
                taken.add(slug)
    return found


def _base(key: str, word: str) -> str:
    try:
        slug = slug_of(word, "tag", part=True)
    except Invalid:
        slug = f"tag-{_digest(key)[:8]}"
    reserved = any(True for _ in reserved_name(Catalog(tags={slug: Tag(id=slug, name=slug)})))
    return f"{slug}-tag" if reserved else slug


def _is_name(word: str) -> bool:
    try:
        Tag(id="any", name=word)
    except ValidationError:
        return False
    return True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
