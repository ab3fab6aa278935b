"""A bar that says how far something is: on a terminal only, and gone when it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from skillmeat.cli.session import Session

Tell = Callable[[int, int], None]
"""Is called with how much is done, and of how much."""


@contextmanager
def bar(session: Session, what: str) -> Iterator[Tell | None]:
    """What to call to move the bar; None where nobody watches. Starts no thread, so that others may fork."""
    if session.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    plain = session.colored is False
    progress = Progress(
        TextColumn(what),
        BarColumn(),
        TaskProgressColumn(),
        console=Console(stderr=True, no_color=plain),
        transient=True,
        auto_refresh=False,
    )
    task = progress.add_task(what, total=None)

    def tell(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total, refresh=True)

    with progress:
        yield tell
