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
from functools import cache, partial
from typing import Any, Final, TypeVar

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
    with _seldom(), _queue(work, tasks, processes - 1) as (copies, turns, shared):
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
    with _seldom(), _queue(work, tasks, 1, least) as ([copy], turns, shared):
        ours()
        shared[_STOP] = least < tasks
        ended = _worked(work, turns, shared, 0) if least == tasks else []
        ended += _answer(copy)
    return _results(ended, max(least, len(ended)))


@contextmanager
def ahead(*works: Callable[[], Any]) -> Iterator[Sequence[Callable[[], Any]]]:
    """What to call for what each of ``works`` gives: a copy of this process begins with them now, one after
    the other, if there may be one.

    When one is called, that raises what the work raises. To be called by this process alone, before it makes
    copies that need it. A copy that was not asked for all is ended at once.
    """
    if available() < 2:
        yield [cache(work) for work in works]
        return
    results = _unnamed()  # a pipe would hold the copy up until somebody reads
    try:
        with _copies([partial(_in_turn, works, results)]) as [copy]:
            answers = _Answers(copy.answer, results)
            yield [cache(partial(answers.answer, number)) for number in range(len(works))]
            if len(answers.ends) <= len(works):
                os.kill(copy.pid, signal.SIGKILL)
    finally:
        os.close(results)


def _unnamed() -> int:
    """A file without a name, in memory where the system has such."""
    with suppress(AttributeError, OSError):
        return os.memfd_create("results")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _in_turn(works: Sequence[Callable[[], Any]], results: int, answer: int) -> None:
    """Write to ``results`` what each work gives, and to ``answer`` how many bytes that is."""
    with os.fdopen(results, "wb") as file:
        for number, work in enumerate(works):
            data = _pickled([_done(work, number)])
            file.write(data)
            file.flush()
            os.write(answer, len(data).to_bytes(_LENGTH, "little"))


class _Answers:
    """What a copy has written so far; ``ends`` are where its results end, from 0 on.

    Only the process that made the copy may ask: another would take an answer away from it.
    """

    def __init__(self, answer: int, results: int) -> None:
        self._answer, self._results, self._asker = answer, results, os.getpid()
        self.ends = [0]

    def answer(self, number: int) -> Any:
        """What a work gave, when it is done. Raises what it raised."""
        if os.getpid() != self._asker:
            raise RuntimeError("asked by a copy, for what this process should have known before it was made")
        while len(self.ends) <= number + 1:
            length = os.read(self._answer, _LENGTH)
            if not length:
                raise ChildProcessError(_GONE)
            self.ends.append(self.ends[-1] + int.from_bytes(length, "little"))
        start, stop = self.ends[number : number + 2]
        ((_, result, error),) = pickle.loads(os.pread(self._results, stop - start, start))  # noqa: S301
        if error is not None:
            raise error
        return result


_LENGTH: Final = 8
_GONE: Final = "A process that made a part of the site ended early"


@contextmanager
def _queue(
    work: Callable[[int], Any], tasks: int, count: int, least: int = 0
) -> Iterator[tuple[Sequence[_Copy], int, mmap.mmap]]:
    """Copies at work, where tasks are taken from, and what all share."""
    with mmap.mmap(-1, mmap.PAGESIZE) as shared:
        turns = _turns(tasks)
        numbers = range(1, count + 1)
        try:
            with _copies([partial(_at_work, work, turns, shared, each, least) for each in numbers]) as copies:
                yield copies, turns, shared
        finally:
            os.close(turns)


def _at_work(
    work: Callable[[int], Any], turns: int, shared: mmap.mmap, me: int, least: int, answer: int
) -> None:
    data = _pickled(_worked(work, turns, shared, me, least=least))
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(data)


@contextmanager
def _copies(works: Sequence[Callable[[int], object]]) -> Iterator[Sequence[_Copy]]:
    """A copy for each of these, which are given where to write their answers; they are gone afterwards."""
    copies: list[_Copy] = []
    gc.freeze()  # so that looking for garbage does not touch, and so copy, what is shared
    try:
        for work in works:
            copies.append(_copied(work))
        yield copies
    except BaseException:
        for copy in copies:
            os.kill(copy.pid, signal.SIGKILL)
        raise
    finally:
        gc.unfreeze()
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
        raise ChildProcessError(_GONE)
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
        ended.append(_done(partial(work, task), task))
        if (error := ended[-1][2]) is not None:
            shared[_STOP] = 1
            if me == 0 and not isinstance(error, Exception):
                raise error
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


def _done(work: Callable[[], Any], number: int) -> tuple[int, Any, BaseException | None]:
    try:
        return number, work(), None
    except BaseException as error:
        return number, None, error


def _copied(work: Callable[[int], object]) -> _Copy:
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
            work(there)
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
