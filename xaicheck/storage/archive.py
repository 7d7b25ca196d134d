"""Entries of the archives that come with the program."""

from __future__ import annotations

import zipfile


def entry(name: str) -> zipfile.ZipInfo:
    """An archive entry with a fixed date, so that equal results make equal files."""
    info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
