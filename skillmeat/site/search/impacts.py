"""Where a record says a word, and with it how much that counts: a number of four bits in each posting.

Of the fourteen (``WORTH`` in ``assets/query.js`` has what each is worth, the least first) a term's own
postings have seven. That a word is not only the beginning of one but one itself is said where words are
looked up by their beginning.
"""

from __future__ import annotations

from typing import Final

BODY: Final = 0
BODY_OFTEN: Final = 2
DESCRIPTION: Final = 4
TAG: Final = 6
LONG_NAME: Final = 8
NAME: Final = 9
"""A name of up to three words."""

WHOLE_NAME: Final = 10
"""A name of one."""

_MORE: Final = (1, 0, 1, 0, 1, 0, 1, 0, 3, 3, 3)


def whole(place: int) -> int:
    """A posting or impact of a word's beginning as that of the word itself."""
    return place + _MORE[place & 15]
