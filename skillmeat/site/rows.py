"""An artifact's row in any list, made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from markupsafe import Markup


class Rows(Mapping[str, Markup]):
    """By artifact: its row.

    ``shown`` gives all that a row shows, as JSON data; ``render`` the row of that.
    """

    def __init__(
        self,
        artifacts: Mapping[str, Any],
        shown: Callable[[str], tuple[Any, ...]],
        render: Callable[..., Markup],
    ) -> None:
        self._artifacts = artifacts
        self._shown = shown
        self._render = render
        self._rows: dict[str, Markup] = {}

    def __getitem__(self, artifact_id: str) -> Markup:
        if artifact_id not in self._rows:
            self._rows[artifact_id] = self._render(*self._shown(artifact_id))
        return self._rows[artifact_id]

    def __contains__(self, artifact_id: object) -> bool:
        return artifact_id in self._artifacts

    def __iter__(self) -> Iterator[str]:
        return iter(self._artifacts)

    def __len__(self) -> int:
        return len(self._artifacts)
