"""Words that are taken for each other are found, and words that only look related are not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillmeat.alike import SHORTEST, bare, looks, pairs


def test_slips_are_found() -> None:
    words = ["kubernetes", "kubernets", "kuberentes", "kubernetis", "python", "pyhton", "pythn", "docker"]
    found = set(pairs(words))
    assert ("kubernetes", "kubernets") in found
    assert ("kuberentes", "kubernetes") in found
    assert ("kubernetes", "kubernetis") in found
    assert ("pyhton", "python") in found
    assert ("pythn", "python") in found
    assert not any("docker" in pair for pair in found)


def test_numbers_and_short_words_are_left_alone() -> None:
    assert (
        list(pairs(["python2", "python3", "python", "vue", "vux", "react", "reach", "es2015", "es2016"]))
        == []
    )


def test_a_word_without_its_dress() -> None:
    assert bare("Web-Apps") == bare("web apps") == bare("webapp")
    assert bare("CSS") != bare("CS")
    assert bare("kubernetes") == bare("kubernete")  # both the same, so no harm is done
    assert looks("terrninal") == looks("terminal")
    assert looks("g00gle") == looks("google")


@given(st.lists(st.text("abcde", min_size=3, max_size=9), max_size=25))
def test_the_same_is_found_as_by_comparing_each_with_each(words: list[str]) -> None:
    known = sorted(set(words))
    wanted = {
        (one, other)
        for place, one in enumerate(known)
        for other in known[place + 1 :]
        if min(len(one), len(other)) >= SHORTEST and _apart(one, other)
    }
    assert set(pairs(words)) == wanted


def _apart(one: str, other: str) -> bool:
    """One left out, one swapped with its neighbour, or one other in words of eight and more."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) == 1:
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    if len(longer) != len(shorter):
        return False
    differ = [at for at in range(len(one)) if one[at] != other[at]]
    swapped = len(differ) == 2 and differ[1] == differ[0] + 1
    swapped = swapped and one[differ[0]] == other[differ[1]] and one[differ[1]] == other[differ[0]]
    return swapped or (len(differ) == 1 and len(one) >= 8)
