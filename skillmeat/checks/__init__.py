"""The rules a catalog must keep.

A rule is a generator from a catalog to findings; its name is the rule's name, its docstring's
first line the law it states. To add one, write it, put it in ``RULES`` (or in ``TASTE``, for what had
better not be), say in ``checks.reads`` what it reads and in ``checks.rules`` why it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from skillmeat.catalog import Catalog
from skillmeat.checks.contents import file_source, missing_path, path_not_in_source
from skillmeat.checks.finding import Finding
from skillmeat.checks.links import association_cycle, self_association
from skillmeat.checks.members import listed_twice, not_in_collection
from skillmeat.checks.names import reserved_name, same_name, taken_alias
from skillmeat.checks.references import unknown_artifact, unknown_source, unknown_tag
from skillmeat.checks.taste import (
    deprecated_member,
    empty_collection,
    invalid_license,
    look_alike_name,
    missing_description,
    missing_license,
    missing_source,
    near_duplicate_tag,
    repeated_name,
    unreadable_color,
    unsorted_tags,
    unused_tag,
)
from skillmeat.problem import Problem

Rule = Callable[[Catalog], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    unknown_tag,
    unknown_source,
    unknown_artifact,
    same_name,
    taken_alias,
    reserved_name,
    listed_twice,
    not_in_collection,
    self_association,
    association_cycle,
    missing_path,
    path_not_in_source,
    file_source,
)

"""What is an error to break."""

TASTE: tuple[Rule, ...] = (
    near_duplicate_tag,
    unused_tag,
    empty_collection,
    missing_description,
    missing_source,
    repeated_name,
    unsorted_tags,
    missing_license,
    invalid_license,
    deprecated_member,
    look_alike_name,
    unreadable_color,
)
"""What is a warning to break."""

OF_DESCRIPTIONS: tuple[Rule, ...] = (missing_description, repeated_name)
"""Those of ``TASTE`` that read descriptions of artifacts."""


def check(catalog: Catalog, rules: Sequence[Rule] = RULES) -> list[Problem]:
    """Every problem that the rules find, in the order of files and keys; lines are not yet known."""
    return sorted(
        Problem(
            finding.path,
            0,
            0,
            (finding.rule or rule.__name__).replace("_", "-"),
            finding.key,
            finding.message,
            finding.fix,
            "warning" if rule in TASTE else "error",
        )
        for rule in rules
        for finding in rule(catalog)
    )
