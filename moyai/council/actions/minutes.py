"""議事録 — drafted, or imported from a transcript; shown for correction; fixed, and then it stays as it is."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.actions.licences import GivenBack, given_back
from moyai.council.actions.meetings import (
    BallotsOpen,
    MeetingSettled,
    NotInThisState,
    check_version,
    locked,
    open_ballots,
)
from moyai.council.actions.refusing import refusal_of
from moyai.council.models import LicenceUse, Meeting
from moyai.council.permits import PERMITS
from moyai.council.rules import transcripts
from moyai.council.rules.cannot import Cannot
from moyai.tenants.public import Actor, Refusal

WRITABLE = frozenset({Meeting.State.CALLED, Meeting.State.HELD})
DRAFTS = ("draft", "amend")  # 案, 確認中
LONGEST = 500_000


class MinutesMissing(Refusal):
    code = "minutes_missing"
    status = 422
    message = _("議事録がまだありません。議事録を入力してください。")  # type: ignore[assignment]


class MinutesTooLong(Refusal):
    code = "minutes_too_long"
    status = 422
    message = _("議事録は500,000文字以内にしてください。分けて資料として添付できます。")  # type: ignore[assignment]


def _writable(meeting: Meeting) -> Meeting:
    found = locked(meeting)
    if found.state in (Meeting.State.CLOSED, Meeting.State.CANCELLED):
        raise MeetingSettled
    if found.state not in WRITABLE:
        raise NotInThisState
    return found


@action("council.write_minutes", permits=PERMITS)
def write_minutes(
    *, actor: Actor, now: datetime, meeting: Meeting, version: int, minutes: str, state: str = "draft"
) -> Meeting:
    """議事録を書く — as 案, or 確認中: then those who sit in the committee read it.

    Raises ChangedMeanwhile (nothing of either text is lost), MeetingSettled, NotInThisState before it is called, MinutesTooLong.
    """
    if state not in DRAFTS:
        raise ValueError("minutes are written as a draft or for amendment")
    found = _writable(meeting)
    check_version(found, version, {"minutes": minutes})
    if len(minutes) > LONGEST:
        raise MinutesTooLong(fields={"minutes": str(MinutesTooLong.message)})
    found.minutes, found.minutes_state = minutes, state if minutes.strip() else "none"
    found.version += 1
    found.save(update_fields=["minutes", "minutes_state", "version"])
    return found


@action("council.import_transcript", permits=PERMITS, thing="meeting")
def import_transcript(
    *,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    name: str,
    content: bytes,
    use: LicenceUse | None = None,
    saved_minutes: int = 0,
    sound_minutes: int | None = None,
) -> transcripts.Transcript:
    """書き起こしを読み込む — its words behind what the minutes already say, as 案. `use`: the licence it was made with goes back.

    The minutes of sound are the transcript's own where it has times, else `sound_minutes`. Raises RuleRefuses (not text, not
    WebVTT, not a Word document or behind a password, a time that cannot be read, no words, too long), GivenBack,
    MeetingSettled, NotInThisState, MinutesTooLong.
    """
    found = _writable(meeting)
    try:
        read = transcripts.read_transcript(name, content)
    except Cannot as cannot:
        raise refusal_of(cannot) from cannot
    if use is not None:
        if use.back_at is not None:
            raise GivenBack
        given_back(use, now, read.sound_minutes or sound_minutes or 0, saved_minutes)
        LicenceUse.objects.filter(pk=use.pk).update(meeting=found)
    joined = f"{found.minutes.rstrip()}\n\n{read.text}" if found.minutes.strip() else read.text
    if len(joined) > LONGEST:
        raise MinutesTooLong(fields={"file": str(MinutesTooLong.message)})
    found.minutes, found.minutes_state = joined, "draft"
    found.version += 1
    found.save(update_fields=["minutes", "minutes_state", "version"])
    return read


@action("council.fix_minutes", permits=PERMITS)
def fix_minutes(*, actor: Actor, now: datetime, meeting: Meeting, version: int) -> Meeting:
    """議事録を確定する — the sitting is closed; nothing about it changes any more. Raises MinutesMissing, BallotsOpen,
    ChangedMeanwhile, NotInThisState, MeetingSettled.
    """
    found = locked(meeting)
    if found.state == Meeting.State.CLOSED:
        raise MeetingSettled
    if found.state != Meeting.State.HELD:
        raise NotInThisState
    check_version(found, version, {})
    if not found.minutes.strip():
        raise MinutesMissing
    if open_ballots(found):
        raise BallotsOpen
    found.minutes_state, found.minutes_fixed_at = "fixed", now
    found.state = Meeting.State.CLOSED
    found.version += 1
    found.save(update_fields=["minutes_state", "minutes_fixed_at", "state", "version"])
    return found
