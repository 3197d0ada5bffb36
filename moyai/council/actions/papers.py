"""資料・別紙 — bringing papers to a sitting; a changed one is a new version beside the old, and a new vote where one is open."""

from __future__ import annotations

import io
from datetime import datetime
from typing import IO

from django.core.files.base import File
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.actions.ballots import replace_ballots
from moyai.council.actions.files import keep_file
from moyai.council.actions.items import ItemUnderVote
from moyai.council.actions.meetings import MeetingSettled, locked, open_ballots
from moyai.council.models import Item, Meeting, Paper, PaperFile
from moyai.council.permits import PERMITS
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.transcripts import decoded
from moyai.council.rules.word_files import paragraphs
from moyai.documents.public import DOCX, PDF, TEXT
from moyai.tenants.public import Actor, Refusal

MOST_TEXT = 200_000  # characters kept for searching


class PaperElsewhere(Refusal):
    code = "paper_elsewhere"
    status = 422
    message = _("議案は、同じ会議の議案から選んでください。")  # type: ignore[assignment]


class PaperReplaced(Refusal):
    code = "paper_replaced"
    message = _("この資料は、すでに新しい版に差し替えられています。新しい版を開いてください。")  # type: ignore[assignment]


class SamePaper(Refusal):
    code = "paper_is_the_same"
    status = 422
    message = _("今の版と同じ内容のファイルです。差し替えるファイルを選んでください。")  # type: ignore[assignment]


class AttachedBefore(Refusal):
    code = "paper_attached_before"
    message = _("この資料は、すでにこの会議に付いています。")  # type: ignore[assignment]


@action("council.add_paper", permits=PERMITS)
def add_paper(
    *,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    title: str,
    file: File[bytes] | IO[bytes],
    item: Item | None = None,
    readers: str = Paper.Readers.COMMITTEE,
    name: str = "",
    deadline: datetime | None = None,
) -> Paper:
    """資料を加える — of an item, or of the whole sitting. Its number (別紙n) follows from its place.

    An item that is being voted on gets a new ballot (see `replace_paper`). Raises UploadRefused (type, size, damage),
    PaperElsewhere, MeetingSettled.
    """
    found = _open(meeting)
    if item is not None and item.meeting_id != found.pk:
        raise PaperElsewhere(fields={"item": str(PaperElsewhere.message)})
    kept, kept_name = keep_file(file, name=name)
    paper = _made(found, item, now, actor, title=title, name=kept_name, file=kept, readers=readers)
    replace_ballots(actor=actor, now=now, meeting=found, item=item, deadline=deadline)
    return paper


@action("council.attach_paper", permits=PERMITS)
def attach_paper(
    *,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    paper: Paper,
    item: Item | None = None,
    title: str = "",
    readers: str = "",
    deadline: datetime | None = None,
) -> Paper:
    """ほかの会議の資料を付ける — by link: the file is there once, whoever may read it here. Raises AttachedBefore, as add_paper."""
    found = _open(meeting)
    if item is not None and item.meeting_id != found.pk:
        raise PaperElsewhere(fields={"item": str(PaperElsewhere.message)})
    if Paper.objects.filter(
        meeting=found, item=item, file_id=paper.file_id, replaced_by__isnull=True
    ).exists():
        raise AttachedBefore(fields={"paper": str(AttachedBefore.message)})
    linked = _made(
        found, item, now, actor, title=title or paper.title, name=paper.name, file=paper.file,
        readers=readers or paper.readers,
    )  # fmt: skip
    replace_ballots(actor=actor, now=now, meeting=found, item=item, deadline=deadline)
    return linked


@action("council.replace_paper", permits=PERMITS)
def replace_paper(
    *,
    actor: Actor,
    now: datetime,
    paper: Paper,
    file: File[bytes] | IO[bytes],
    title: str = "",
    name: str = "",
    deadline: datetime | None = None,
) -> Paper:
    """差し替える — the next version, beside the old, at its place.

    A ballot that was opened with the old version is void; a new one is opened in its stead, with `deadline` or the old one's.
    Raises PaperReplaced, SamePaper, UploadRefused, and BallotOver when that deadline has passed.
    """
    found = _open(paper.meeting) if paper.meeting is not None else None
    old = Paper.objects.select_for_update(of=("self",)).select_related("file", "item").get(pk=paper.pk)
    if Paper.objects.filter(replaces=old).exists():
        raise PaperReplaced
    kept, kept_name = keep_file(file, name=name)
    if kept.pk == old.file_id:
        raise SamePaper(fields={"file": str(SamePaper.message)})
    newer = Paper.objects.create(
        meeting=found,
        item=old.item,
        posting_id=old.posting_id,
        position=old.position,
        title=title or old.title,
        name=kept_name,
        file=kept,
        text=words_in(kept),
        readers=old.readers,
        version=old.version + 1,
        replaces=old,
        brought_at=now,
        brought_by=actor.name[:60],
    )
    if found is not None:
        replace_ballots(actor=actor, now=now, meeting=found, item=old.item, deadline=deadline)
    return newer


@action("council.change_paper", permits=PERMITS)
def change_paper(
    *, actor: Actor, now: datetime, paper: Paper, readers: str, position: int | None = None
) -> Paper:
    """だれが読めるか、何番目か — neither changes what is read. Positions are from 1 among the papers of one item.

    Raises PaperReplaced, MeetingSettled, and ItemUnderVote for another place while a ballot is open: 別紙n stands in what was sent.
    """
    found = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if Paper.objects.filter(replaces=found).exists():
        raise PaperReplaced
    found.readers = readers
    found.save(update_fields=["readers"])
    if position is not None and found.meeting_id is not None:
        meeting = _open(paper.meeting)
        if position != found.position and open_ballots(meeting):
            raise ItemUnderVote
        rows = list(
            Paper.objects.filter(meeting=found.meeting, item=found.item, replaced_by__isnull=True).order_by(
                "position", "id"
            )
        )
        rows.remove(found)
        rows.insert(min(max(1, position), len(rows) + 1) - 1, found)
        for place, one in enumerate(rows, 1):
            one.position = place
        Paper.objects.bulk_update(rows, ["position"])
    return found


def _open(meeting: Meeting | None) -> Meeting:
    if meeting is None:
        raise PaperElsewhere
    found = locked(meeting)
    if found.state in (Meeting.State.CLOSED, Meeting.State.CANCELLED):
        raise MeetingSettled
    return found


def _made(
    meeting: Meeting,
    item: Item | None,
    now: datetime,
    actor: Actor,
    *,
    title: str,
    name: str,
    file: PaperFile,
    readers: str,
) -> Paper:
    last = Paper.objects.filter(meeting=meeting, item=item).aggregate(n=Max("position"))["n"] or 0
    return Paper.objects.create(
        meeting=meeting,
        item=item,
        position=last + 1,
        title=title,
        name=name,
        file=file,
        text=words_in(file),
        readers=readers,
        brought_at=now,
        brought_by=actor.name[:60],
    )


def words_in(file: PaperFile) -> str:
    """検索のための文字 — of a text or a Word document; a PDF gives its title only. What cannot be read gives nothing."""
    content = bytes(file.content)
    try:
        if file.content_type == TEXT:
            return decoded(content)[:MOST_TEXT]
        if file.content_type == DOCX:
            return "\n".join(paragraphs(content))[:MOST_TEXT]
    except Cannot:
        return ""
    if file.content_type == PDF:
        import pikepdf  # only who brings a PDF pays for it

        with pikepdf.open(io.BytesIO(content)) as pdf:
            return str(pdf.docinfo.get("/Title", ""))[:MOST_TEXT]
    return ""
