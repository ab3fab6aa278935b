"""Lays out the same entries for Hugo: templates of our own for the pages that skillmeat makes.

``python -m benchmarks.hugo FOLDER N`` writes the site's sources to ``FOLDER/hugo``. Equal are the pages and
their addresses (the catalog, types, trust levels and tags in lists of 50 with further pages; collections and
sources; one page an artifact), the text and the facts on each, and that code is marked up for a style
sheet to color. Hugo is not asked for JSON, a search index, redirects or a sitemap; the table says what
skillmeat writes beside the pages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from benchmarks.content import Entry, entries

_SETTINGS: Final = """
baseURL = "https://example.org/"
title = "Catalog"
disableKinds = ["RSS", "sitemap", "robotsTXT", "404", "section"]
[pagination]
pagerSize = 50
disableAliases = true
[taxonomies]
tag = "tags"
type = "types"
trust = "trust"
collection = "collections"
source = "sources"
[markup.highlight]
codeFences = true
noClasses = false
[markup.goldmark.renderer]
unsafe = true
"""

_FRAME: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ .Title }} · {{ site.Title }}</title>
{{ with .Description }}<meta name="description" content="{{ . }}">
<meta property="og:description" content="{{ . }}">{{ end }}
<link rel="canonical" href="{{ .Permalink }}">
<meta property="og:url" content="{{ .Permalink }}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="{{ site.Title }}">
<meta property="og:title" content="{{ .Title }}">
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
<link rel="stylesheet" href="/assets/site.css">
<script type="module" src="/assets/site.js"></script>
</head>
<body>
<a class="skip" href="#_main">Skip to content</a>
<header class="site-header"><a class="brand" href="/">{{ site.Title }}</a>
<nav aria-label="Site"><a href="/">Browse</a> <a href="/collections/">Collections</a>
<a href="/sources/">Sources</a> <a href="/tags/">Tags</a></nav></header>
<main id="_main" class="frame" tabindex="-1">
{{ block "main" . }}{{ end }}
</main>
<footer><p>A catalog kept in Git. Names and texts belong to their authors.</p></footer>
</body>
</html>
"""

_CHIPS: Final = """<p class="chips">{{ range .Params.tags -}}
<a class="chip" href="/tags/{{ . }}/"><span class="dot"></span>{{ . }}</a>{{ end }}</p>"""

_ROW: Final = """<li class="row">
{{ range .Params.types }}<span class="tile tile-{{ . }}"><svg class="icon" aria-hidden="true">
<use href="/assets/icons.svg#{{ . }}"/></svg><span class="sr">{{ . }}</span></span>{{ end }}
<div class="row-main"><h3><a href="{{ .RelPermalink }}">{{ .Title }}</a>
{{ range .Params.sources }}<span class="row-source">example/{{ . }}</span>{{ end }}
{{ range .Params.trust }}<span class="badge">{{ . }}</span>{{ end }}</h3>
<p class="row-text">{{ .Description }}</p>
{{ partial "chips.html" . }}</div>
{{ with .Date.Format "2006-01-02" }}<p class="row-date"><time datetime="{{ . }}">{{ . }}</time></p>{{ end }}
</li>
"""

_RAIL: Final = """<nav class="rail" aria-label="Filters">
{{ range $name := slice "tags" "collections" "sources" "trust" }}<section><h2>{{ $name }}</h2><ul>
{{ range first 8 (index site.Taxonomies $name).ByCount }}<li>
<a href="/{{ $name }}/{{ .Name }}/">{{ .Name }}</a> <span class="count">{{ .Count }}</span></li>
{{ end }}</ul></section>{{ end }}</nav>"""

_PAGED: Final = """{{ define "main" }}<h1>{{ .Title }}</h1>
<p class="pills">{{ range site.Taxonomies.types.ByCount }}<a href="/types/{{ .Name }}/">{{ .Name }}
<span>{{ .Count }}</span></a>{{ end }}</p>
{{ partialCached "rail.html" . }}
{{ $pages := %s }}{{ $paginator := .Paginate $pages }}
<h2>{{ len $pages }} artifacts</h2><ol class="rows">
{{ range $paginator.Pages }}{{ partialCached "row.html" . .RelPermalink }}{{ end }}</ol>
<nav aria-label="Pages">{{ range $paginator.Pagers }}{{ if or (eq .PageNumber 1) (eq . $paginator.Last)
(and (ge .PageNumber (sub $paginator.PageNumber 1)) (le .PageNumber (add $paginator.PageNumber 1))) }}
<a href="{{ .URL }}">{{ .PageNumber }}</a>{{ end }}{{ end }}</nav>{{ end }}"""

_WHOLE: Final = """{{ define "main" }}<h1>{{ .Title }}</h1>
<h2>{{ len .Pages }} artifacts</h2><ol class="rows">
{{ range .Pages }}{{ partialCached "row.html" . .RelPermalink }}{{ end }}</ol>{{ end }}"""

_TERMS: Final = """{{ define "main" }}<h1>{{ .Title }}</h1><ul>
{{ range .Data.Terms.Alphabetical }}<li><a href="{{ .Page.RelPermalink }}">{{ .Page.Title }}</a>
<span class="count">{{ .Count }}</span></li>
{{ end }}</ul>{{ end }}"""

_ARTIFACT: Final = """{{ define "main" }}<div class="detail"><article>
<header class="title"><nav class="trail"><a href="/">Browse</a>
{{ range .Params.types }}<a href="/types/{{ . }}/">{{ . }}</a>{{ end }}</nav>
<h1>{{ .Title }}</h1><p class="lead">{{ .Description }}</p>
<ul class="meta">{{ range .Params.types }}<li>{{ . }}</li>{{ end }}
{{ range .Params.sources }}<li><a href="/sources/{{ . }}/">example/{{ . }}</a></li>{{ end }}
{{ range .Params.trust }}<li>{{ . }} source</li>{{ end }}</ul></header>
<section class="install"><h2>Get it</h2>{{ $page := . }}{{ range .Params.sources }}
<pre><code>npx skills add example/{{ . }} --skill {{ $page.Params.path }}</code></pre>
<pre><code>git clone https://github.com/example/{{ . }}
cp -r {{ . }}/{{ $page.Params.path }} .</code></pre>
{{ end }}</section>
<section class="block"><h2><a href="https://github.com/example/{{ .Params.path }}">{{ .Params.path }}</a></h2>
<div class="prose" dir="auto">{{ .Content }}</div></section></article>
<aside class="facts"><section><h2>About</h2><dl>
{{ range .Params.types }}<dt>Type</dt><dd><a href="/types/{{ . }}/">{{ . }}</a></dd>{{ end }}
<dt>Version</dt><dd>{{ .Params.version }}</dd><dt>License</dt><dd>MIT</dd>
<dt>Size</dt><dd>{{ len .RawContent }}</dd></dl></section>
<section><h2>Pin</h2><dl>{{ range .Params.sources }}
<dt>Source</dt><dd><a href="/sources/{{ . }}/">{{ . }}</a></dd>{{ end }}
{{ range .Params.trust }}<dt>Trust</dt><dd><a href="/trust/{{ . }}/">{{ . }}</a></dd>{{ end }}
<dt>Path</dt><dd>{{ .Params.path }}</dd></dl></section>
<section><h2>Tags</h2>{{ partial "chips.html" . }}</section>
{{ with .Params.requires }}<section><h2>Requires</h2><ul>{{ with site.GetPage (print "/" .) }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul></section>{{ end }}
<section><h2>In collections</h2><ul>{{ range .Params.collections }}
<li><a href="/collections/{{ . }}/">{{ . }}</a></li>{{ end }}</ul></section>
<section><h2>History</h2><dl><dt>Added</dt><dd>{{ .Date.Format "2006-01-02" }}</dd></dl></section>
</aside></div>{{ end }}"""

_LAYOUTS: Final = {
    "baseof.html": _FRAME,
    "page.html": _ARTIFACT,
    "term.html": _PAGED % ".Pages",
    "taxonomy.html": _TERMS,
    "collections/term.html": _WHOLE,
    "home.html": _PAGED % "site.RegularPages",
    "_partials/chips.html": _CHIPS,
    "_partials/row.html": _ROW,
    "_partials/rail.html": _RAIL,
}


def write(folder: Path, count: int) -> None:
    """The sources of a Hugo site with ``count`` artifacts."""
    files = {f"layouts/{name}": text for name, text in _LAYOUTS.items()}
    files["hugo.toml"] = _SETTINGS
    files["static/assets/site.css"] = "body { font: 16px sans-serif }\n"
    files |= {f"content/{entry.id}.md": _page(entry) for entry in entries(count)}
    for path, text in files.items():
        file = folder / "hugo" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _page(entry: Entry) -> str:
    """An entry with its front matter in JSON, which Hugo reads fastest."""
    values = {
        "title": entry.name,
        "description": entry.description,
        "date": entry.created.isoformat(),
        "types": [entry.type],
        "tags": list(entry.tags),
        "collections": [entry.collection],
        "sources": [entry.source] if entry.source else [],
        "trust": [entry.trust] if entry.trust else [],
        "path": entry.file,
        "version": entry.version,
        "requires": entry.requires,
    }
    return f"{json.dumps(values, indent=1)}\n\n{entry.text}"


if __name__ == "__main__":
    write(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
