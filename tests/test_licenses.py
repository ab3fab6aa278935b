"""Licences are read as SPDX expressions; what is none leads to what was probably meant."""

from __future__ import annotations

import pytest

from skillmeat.licenses import canonical, near


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("apache 2.0", "Apache-2.0"),
        ("bsd 3 clause", "BSD-3-Clause"),
        ("MIT or apache_2.0", "MIT OR Apache-2.0"),
        ("GPL-2.0+", "GPL-2.0+"),
        ("( mit AND isc )", "(MIT AND ISC)"),
        ("LicenseRef-Acme.1", "LicenseRef-Acme.1"),
        ("licenseref-Acme OR MIT", "LicenseRef-Acme OR MIT"),
        ("DocumentRef-a.1:LicenseRef-b", "DocumentRef-a.1:LicenseRef-b"),
        ("DocumentRef-a:LicenseRef-b AND", None),
        ("Apache", None),
        ("MIT AND", None),
        ("MIT (ISC)", None),
        ("MIT WITH Classpath", None),
        ("NOASSERTION", None),
        ("(" * 250 + "MIT" + ")" * 250, None),
        ("MIT\x00", None),
        ("", None),
    ],
)
def test_only_case_and_separators_may_differ(text: str, written: str | None) -> None:
    assert canonical(text) == written
    if written:
        assert canonical(written) == written


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("The MIT License", ("MIT",)),
        ("Apache License, Version 2.0", ("Apache-2.0",)),
        ("Apache-2", ("Apache-2.0",)),
        ("MPL 2", ("MPL-2.0",)),
        ("GPLv3", ("GPL-3.0-only", "GPL-3.0-or-later")),
        ("LGPL v2.1", ("LGPL-2.1-only", "LGPL-2.1-or-later")),
        ("BSD", ("BSD-3-Clause",)),
        ("BSD-2", ("BSD-2-Clause",)),
        ("MIT/Apache-2.0", ("MIT OR Apache-2.0",)),
        ("the LicenseRef-Acme license", ("LicenseRef-Acme",)),
        ("Apche-2.0", ("Apache-2.0",)),
        ("UNLICENSED", ("LicenseRef-Proprietary",)),
        ("x", ()),
        ("All rights reserved, see the file", ()),
    ],
)
def test_what_is_probably_meant(text: str, meant: tuple[str, ...]) -> None:
    assert canonical(text) is None
    assert near(text) == meant
    assert all(canonical(each) == each for each in meant)
