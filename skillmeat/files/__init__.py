"""The files of a store: read without leaving it, written whole or not at all.

``reading`` and ``writing`` are the two ways in. Both first complete an edit that a crash left
unfinished, and both keep other skillmeat processes from changing a file meanwhile. A reader needs no
permission to write: where an unfinished edit cannot be completed it is shown what the files will
hold. A reader leaves no trace either, so the very first edit of a fresh clone, which has no lock file yet, is
the one edit that it could see half of.

Paths are relative to the store's root, with ``/``. A symbolic link below the root is never followed.

How an edit of several files reaches the disk (SECURITY.md 3.4), all of it in ``manifests/.skillmeat``:
the new contents are staged, the journal is written beside them, every file is compared with what the
caller saw, and renaming the journal is the moment at which the edit is made. What follows can be
repeated until it succeeds. An edit of one file in a folder that exists is a single rename and needs no
journal.
"""

from skillmeat.files.access import Reader, Writer, reading, writing
from skillmeat.files.contents import Stamp, read, read_folder

__all__ = ["Reader", "Stamp", "Writer", "read", "read_folder", "reading", "writing"]
