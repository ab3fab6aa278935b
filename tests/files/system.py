"""Standing between ``skillmeat.files`` and the system: to count its calls, record, fail or kill at one."""

from __future__ import annotations

import errno
import fcntl
import os
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

READS = ("read", "close", "lstat", "fstat", "scandir", "listdir", "access")
WRITES = ("open", "write", "fsync", "replace", "unlink", "mkdir", "rmdir", "ftruncate", "fchmod")

Call = Callable[..., Any]
Handler = Callable[[str, Call, tuple[Any, ...], dict[str, Any]], Any]
"""Is given the name of a call, the call itself and its arguments; gives what the caller shall get."""

KILLED = 9


@contextmanager
def intercepted(handler: Handler, names: tuple[str, ...] = (*READS, *WRITES)) -> Iterator[None]:
    """Every call of these names goes through ``handler``; ``flock`` too when all do."""
    places = [(os, name) for name in names] + [(fcntl, "flock")] * (names == (*READS, *WRITES))
    real = [(place, name, getattr(place, name)) for place, name in places]
    for place, name, call in real:
        setattr(place, name, _through(handler, name, call))
    try:
        yield
    finally:
        for place, name, call in real:
            setattr(place, name, call)


def _through(handler: Handler, name: str, call: Call) -> Call:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return handler(name, call, args, kwargs)

    return wrapped


def killing(at: int) -> Handler:
    """End the process, as ``kill -9`` does, before its call number ``at``.

    A write counts twice, and is cut in half the second time.
    """
    count = 0
    end = os._exit

    def handler(name: str, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        nonlocal count
        count += 1
        if count == at:
            end(KILLED)
        if name == "write":
            count += 1
            if count == at:
                call(args[0], bytes(args[1])[: len(args[1]) // 2])
                end(KILLED)
        return call(*args, **kwargs)

    return handler


@dataclass
class Failing:
    """Fail call number ``at``, once. A call that closes a file still closes it, as the system does."""

    at: int
    error: int
    count: int = 0

    def __call__(self, name: str, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.count += 1
        if self.count != self.at:
            return call(*args, **kwargs)
        if name == "close":
            call(*args)
        names = [each for each in args if isinstance(each, str)]
        raise OSError(self.error, os.strerror(self.error), *names[:1])


@dataclass
class ReadOnly:
    """A disk on which nothing can be changed."""

    calls: list[str] = field(default_factory=list)

    def __call__(self, name: str, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if name == "open" and not args[1] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
            return call(*args, **kwargs)
        self.calls.append(name)
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), *args[:1])


def in_child(action: Callable[[], object]) -> int:
    """The exit status of a child process that did ``action``: 0, ``KILLED``, or 70 with a traceback."""
    return wait(start(action))


def start(action: Callable[[], object]) -> int:
    """The id of a child process that does ``action`` and ends."""
    with warnings.catch_warnings():  # the child calls nothing that another thread could hold
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    end = os._exit
    try:
        action()
    except BaseException:
        traceback.print_exc()
        end(70)
    end(0)
    raise AssertionError


def wait(child: int) -> int:
    """The exit status of a child process; the negative number of the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
