"""Compile each room's .po file beside it when it is newer: no gettext programs needed."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EASY_LOCALE = "ja_Easy"  # the library's spelling of the language code ja-easy


def compile_all() -> int:
    """Number of catalogues written."""
    import polib

    from moyai.ui.public import marked

    written = 0
    for source in ROOT.glob("*/locale/*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = polib.pofile(str(source))
        if source.parts[-3] == EASY_LOCALE:
            for entry in catalogue:
                entry.msgstr = marked(entry.msgstr)
                entry.msgstr_plural = {n: marked(text) for n, text in entry.msgstr_plural.items()}
        catalogue.save_as_mofile(str(target))
        written += 1
    return written
