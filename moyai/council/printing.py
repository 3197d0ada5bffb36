"""会議資料の印刷 — the papers of a sitting as one PDF: a cover with 次第 and list, then each paper with its number on its first page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image

from moyai.calendars.public import wareki_time
from moyai.council.models import Meeting, PaperFile
from moyai.council.queries.meeting_words import days_of, titled
from moyai.council.queries.meetings import AgendaLine
from moyai.council.queries.papers import Numbered
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.transcripts import decoded
from moyai.documents.public import PDF, TEXT, letter_glyphs, missing, set_in_type

if TYPE_CHECKING:
    import pikepdf

A4 = (595.276, 841.89)


def print_of(
    meeting: Meeting, agenda: Sequence[AgendaLine], papers: Sequence[Numbered], *, now: datetime
) -> bytes:
    """The whole as PDF. Papers that are neither PDF, text nor picture stand in the list with 「別に配布」 instead of pages.

    Papers are taken as they were brought; nothing of them is changed but the number laid over their first page.
    """
    import pikepdf  # only who prints pays for it

    with override("ja"):
        parts = [(one, _as_pdf(one.paper.file, f"{one.number} {one.paper.title}", now)) for one in papers]
        opened = [
            (one, pikepdf.open(io.BytesIO(content)) if content is not None else None)
            for one, content in parts
        ]
        pages = {one.paper.pk: len(pdf.pages) for one, pdf in opened if pdf is not None}
        cover = set_in_type("council.agenda", facts=_facts(meeting, agenda, papers, pages, now), at=now)
        marked = [one for one, pdf in opened if pdf is not None]
        marks = _marks(meeting, marked, now) if marked else None
    with pikepdf.open(io.BytesIO(cover)) as whole:
        for place, (_one, pdf) in enumerate((one, pdf) for one, pdf in opened if pdf is not None):
            first = len(whole.pages)
            whole.pages.extend(pdf.pages)
            if marks is not None:
                page = whole.pages[first]
                page.add_overlay(marks.pages[place], pikepdf.Rectangle(*_upright(page)))
        out = io.BytesIO()
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def _upright(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """An A4 sheet at the upper right corner of a page of any size."""
    _left, _bottom, right, top = (float(edge) for edge in page.trimbox)
    return right - A4[0], top - A4[1], right, top


def _marks(meeting: Meeting, papers: Sequence[Numbered], now: datetime) -> pikepdf.Pdf:
    import pikepdf

    facts = {"subject": titled(meeting), "marks": [one.number for one in papers]}
    return pikepdf.open(io.BytesIO(set_in_type("council.paper_marks", facts=facts, at=now)))


def _as_pdf(file: PaperFile, title: str, now: datetime) -> bytes | None:
    content = bytes(file.content)
    if file.content_type == PDF:
        return content
    if file.content_type == TEXT:
        try:
            lines = decoded(content).split("\n")
        except Cannot:
            return None
        facts = {"subject": printable(title), "lines": [printable(line.rstrip()) for line in lines]}
        return set_in_type("council.paper_text", facts=facts, at=now)
    if file.content_type.startswith("image/"):
        out = io.BytesIO()
        with Image.open(io.BytesIO(content)) as picture:
            picture.convert("RGB").save(out, format="PDF", resolution=150.0)
        return out.getvalue()
    return None


def printable(text: str) -> str:
    """A character that no font of the house draws is printed as 〓; the file itself keeps it."""
    for lacking in missing(text, letter_glyphs()):
        text = text.replace(lacking, "〓")
    return "".join(" " if ord(letter) < 32 else letter for letter in text)


def _facts(
    meeting: Meeting,
    agenda: Sequence[AgendaLine],
    papers: Sequence[Numbered],
    pages: dict[int, int],
    now: datetime,
) -> dict[str, object]:
    of_item: dict[int, list[str]] = {}
    for one in papers:
        if one.paper.item_id is not None:
            of_item.setdefault(one.paper.item_id, []).append(one.number)
    rows = [
        (_("日"), days_of(meeting)),
        (_("時刻"), f"{meeting.begins:%H:%M}" if meeting.begins else ""),
        (_("開き方"), str(meeting.get_mode_display())),
        (_("場所"), meeting.place),
    ]
    return {
        "subject": printable(titled(meeting)),
        "record": [{"label": label, "value": printable(value)} for label, value in rows if value],
        "agenda": [
            {
                "label": line.label,
                "title": printable(line.item.title),
                "kind": str(line.item.get_kind_display()),
                "papers": "、".join(of_item.get(line.item.pk, [])),
                "depth": line.depth,
            }
            for line in agenda
        ],
        "papers": [
            {
                "number": one.number,
                "title": printable(one.paper.title)
                + (
                    _("（第%(version)s版）") % {"version": one.paper.version} if one.paper.version > 1 else ""
                ),
                "pages": str(pages[one.paper.pk]) if one.paper.pk in pages else _("別に配布"),
            }
            for one in papers
        ],
        "made": _("%(when)sに印刷") % {"when": wareki_time(now)},
    }
