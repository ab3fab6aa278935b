"""Independent tasks spread over this process and copies of it.

Copies share what was computed before and cost nothing to feed; they are made only where that is safe: on
Linux, and while no other thread runs that could hold a lock. A copy ends with this process.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar, cast

R = TypeVar("R")

MOST: Final = 4
"""How many processes there are at most: beyond that the disk is what takes time."""

_SELDOM: Final = 20_000
"""How many objects are new before garbage is looked for: most of a page is gone by then without that."""

_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG
_STOP: Final = 0  # the byte of the shared page that says that no other task is to be begun
_DONE: Final = 8  # where the counts of tasks done begin, four bytes a process


def available() -> int:
    """How many processes may work at once."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return max(1, min(MOST, len(os.sched_getaffinity(0))))


@dataclass(frozen=True, slots=True)
class _Copy:
    pid: int
    answer: int


def spread(
    work: Callable[[int], R], tasks: int, processes: int, tell: Callable[[int, int], None] | None = None
) -> list[R]:
    """``[work(0), work(1), …]``, by this process and ``processes - 1`` copies of it.

    What ``work`` gives is pickled where a copy did it. If it raises, no process begins another task, and
    the exception of the first task that failed is raised here.
    """
    if processes < 2:
        results = []
        for number in range(tasks):
            results.append(work(number))
            if tell:
                tell(number + 1, tasks)
        return results
    with _seldom(), _copies(work, tasks, processes - 1) as (copies, turns, shared):
        ended = _worked(work, turns, shared, 0, _telling(tell, shared, processes, tasks))
        for copy in copies:
            ended += _answer(copy)
    return _results(ended, tasks)


def beside(
    ours: Callable[[], object], work: Callable[[int], R], tasks: int, least: int, processes: int
) -> list[R]:
    """``[work(0), work(1), …]`` by a copy of this process, while this one does ``ours``: the ``least`` first
    of the tasks, and of the others those that are begun before ``ours`` has ended. Where the ``least`` are
    all of them, this process helps when it has done ``ours``.

    What ``ours`` leaves in memory stays; of what the copy did only what it gives, pickled. With one process,
    that does no more than the ``least``. Raises what they raise.
    """
    if processes < 2:
        ours()
        return [work(number) for number in range(least)]
    with _seldom(), _copies(work, tasks, 1, least) as ([copy], turns, shared):
        ours()
        shared[_STOP] = least < tasks
        ended = _worked(work, turns, shared, 0) if least == tasks else []
        ended += _answer(copy)
    return _results(ended, max(least, len(ended)))


@contextmanager
def ahead(work: Callable[[], R]) -> Iterator[Callable[[], R]]:
    """What to call for what ``work`` gives: a copy of this process begins with it now, if there may be one.

    When it is called, that raises what ``work`` raises. A copy that nobody asked is ended at once.
    """
    if available() < 2:
        yield cache(work)
        return
    with _copies(lambda _: work(), 1, 1, 1) as ([copy], _, _):
        answer = cache(lambda: cast(R, _results(_answer(copy), 1)[0]))
        yield answer
        if not answer.cache_info().misses:
            os.kill(copy.pid, signal.SIGKILL)


@contextmanager
def _copies(
    work: Callable[[int], Any], tasks: int, count: int, least: int = 0
) -> Iterator[tuple[Sequence[_Copy], int, mmap.mmap]]:
    """Copies at work, where tasks are taken from, and what all share; the copies are gone afterwards."""
    with mmap.mmap(-1, mmap.PAGESIZE) as shared:
        turns = _turns(tasks)
        copies: list[_Copy] = []
        gc.freeze()  # so that looking for garbage does not touch, and so copy, what is shared
        try:
            copies += [_copied(work, turns, shared, number, least) for number in range(1, count + 1)]
            yield copies, turns, shared
        except BaseException:
            for copy in copies:
                os.kill(copy.pid, signal.SIGKILL)
            raise
        finally:
            gc.unfreeze()
            os.close(turns)
            for copy in copies:
                os.close(copy.answer)
                os.waitpid(copy.pid, 0)  # so that no zombie is left, and its time is counted as ours


@contextmanager
def _seldom() -> Iterator[None]:
    """Garbage is looked for as often as suits the work."""
    often = gc.get_threshold()
    gc.set_threshold(_SELDOM, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)


Ended = list[tuple[int, Any, BaseException | None]]
"""By task, unordered: its number, what it gave, and what it raised."""


def _results(ended: Ended, tasks: int) -> list[Any]:
    ended.sort(key=lambda each: each[0])
    for _, _, error in ended:
        if error is not None:
            raise error
    if [number for number, _, _ in ended] != list(range(tasks)):
        raise ChildProcessError("A process that made a part of the site ended early.")
    return [result for _, result, _ in ended]


def _turns(tasks: int) -> int:
    """A pipe from which each process reads the number of its next task; empty when all are taken."""
    here, there = os.pipe()
    try:
        numbers = b"".join(number.to_bytes(2, "little") for number in range(tasks))
        if os.write(there, numbers) != len(numbers):
            raise ValueError("too many tasks for a pipe")
    finally:
        os.close(there)
    return here


def _worked(
    work: Callable[[int], Any],
    turns: int,
    shared: mmap.mmap,
    me: int,
    tell: Callable[[], None] | None = None,
    least: int = 0,
) -> Ended:
    ended: Ended = []
    count = _DONE + 4 * me
    while (len(ended) < least or not shared[_STOP]) and (number := os.read(turns, 2)):
        task = int.from_bytes(number, "little")
        try:
            ended.append((task, work(task), None))
        except BaseException as error:
            shared[_STOP] = 1
            ended.append((task, None, error))
            if me == 0 and not isinstance(error, Exception):
                raise
        shared[count : count + 4] = len(ended).to_bytes(4, "little")
        if tell:
            tell()
    return ended


def _telling(
    tell: Callable[[int, int], None] | None, shared: mmap.mmap, processes: int, tasks: int
) -> Callable[[], None] | None:
    if tell is None:
        return None

    def now() -> None:
        counts = memoryview(shared)[_DONE : _DONE + 4 * processes].cast("I")
        tell(sum(counts), tasks)
        counts.release()

    return now


def _copied(work: Callable[[int], Any], turns: int, shared: mmap.mmap, me: int, least: int) -> _Copy:
    here, there = os.pipe()
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(there)
        return _Copy(pid, here)
    try:
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says what becomes of us
        if os.getppid() == parent:
            os.close(here)
            answer = _pickled(_worked(work, turns, shared, me, least=least))
            with os.fdopen(there, "wb") as pipe:
                pipe.write(answer)
    finally:
        os._exit(0)


def _pickled(ended: Ended) -> bytes:
    whole = [(task, result, _plain(error) if error else None) for task, result, error in ended]
    return pickle.dumps(whole, pickle.HIGHEST_PROTOCOL)


def _plain(error: BaseException) -> BaseException:
    """An exception that comes out of a pickle as it went in, or else one that says the same."""
    with suppress(Exception):
        if type(pickle.loads(pickle.dumps(error))) is type(error):  # noqa: S301  # it was written here
            return error
    return RuntimeError("".join(traceback.format_exception(error)))


def _answer(copy: _Copy) -> Ended:
    with os.fdopen(copy.answer, "rb", closefd=False) as pipe:
        data = pipe.read()
    return pickle.loads(data) if data else []  # noqa: S301  # it was written by a copy of this process
