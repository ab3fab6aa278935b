"""Stores brought from one format to another, all files or none.

Format 2 is current. Format 1 is what stores looked like before tags were records (DESIGN.md section 1):

- a tag is a word on an artifact, any text at all, and there is no ``tags/`` folder;
- a source has a name, an address, a ref and a trust level, and no other key;
- an artifact has no associations; its other keys, collections, groups and settings are those of format 2;
- the lock has version 1, without import flags and what they import; there are no READMEs.

Going up, every word becomes a tag (``edits.spellings``). Where the names of an artifact's tags do not give
back what the artifact said to the letter (another spelling, a repetition, a word that is no name), a comment
above its tags keeps that, and going down reads it: nothing is lost either way.

Of the lock only the version changes. What a version 1 holds is valid in version 2, so pins survive
both ways. Going down, import flags, descriptions and READMEs are among what is lost.
"""

from skillmeat.migration.change import Loss, Migration
from skillmeat.migration.run import Migrated, migrate, planned

__all__ = ["Loss", "Migrated", "Migration", "migrate", "planned"]
