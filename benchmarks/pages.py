"""``skillmeat build`` of the pages alone: those that ``benchmarks.hugo`` lays out for Hugo, and the assets.

``python -m benchmarks.pages`` takes what ``python -m skillmeat`` does. What each page holds is all that it
holds in a whole build, but for the link to the file beside it; only what stands beside the pages of Hugo's
site is not made: the file as it was written (``raw.txt``), the JSON, the search index, feeds, downloads,
schemas, marketplaces, the sitemap, and the pages about the catalog itself.
"""

from __future__ import annotations

from skillmeat.cli.main import run
from skillmeat.site import build, extras, lists, pages, sources
from skillmeat.site.artifact import raw


def only_pages() -> None:
    """Have builds of this process make nothing else."""
    of_the_whole = (
        lists.catalog,
        lists.types,
        lists.trust,
        lists.tagged,
        pages.tags,
        pages.collections,
        sources.sources,
        extras.assets,
    )
    vars(build).update(GENERATORS=of_the_whole, OF_ARTIFACTS=build.OF_ARTIFACTS[:1])
    vars(raw).update(MAX_FILE=-1)


if __name__ == "__main__":
    only_pages()
    run()
