"""Node, which runs the site's own modules on the files of an index."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from skillmeat.site import search
from skillmeat.site.edition import Edition
from skillmeat.site.output import Output
from tests.site.made import outputs

ASSETS = Path(__file__).parents[3] / "site_templates" / "assets"

needed = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def write(edition: Edition, folder: Path) -> Path:
    """The index of an edition, below a folder; gives its ``data/``."""
    for made in outputs(chain(search.index(edition), search.cards_of(edition, edition.artifacts))):
        assert isinstance(made, Output)
        path = folder / made.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.data)
    return folder / "data"


def answers(data: Path, jobs: Iterable[tuple[str, Any]]) -> list[Any]:
    """What the engine answers to each job of ``run.mjs``: its result, or what was wrong."""
    lines = "".join(f"{json.dumps(job)}\n" for job in jobs)
    command = ["node", str(Path(__file__).with_name("run.mjs")), str(ASSETS), str(data)]
    done = subprocess.run(
        command, input=lines, capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    found = map(json.loads, done.stdout.rstrip("\n").split("\n"))
    return [each["result"] if "result" in each else f"{each['error']}: {each['message']}" for each in found]
