"""What happens to papers and files behind the scenes. Each job looks at its row first and may run twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from moyai.documents.models import Letter, Upload
from moyai.tenants.public import Actor, Body, current_body, every, job, later

QUARANTINE_MINUTES = 30


@job(name="documents.scan", queue="default", retry=6)
def scan(*, upload_id: int, now: datetime) -> None:
    """Settle one file in quarantine. A scanner that is down raises; the job is tried again."""
    from moyai.documents.actions.uploads import settle_upload

    upload = Upload.objects.filter(pk=upload_id, state=Upload.State.QUARANTINED).first()
    if upload is not None:
        settle_upload(actor=Actor.system(current_body()), now=now, upload=upload)


@job(name="documents.render_letter", queue="default", retry=5)
def make_letter(*, letter_id: int, now: datetime) -> None:
    """Set one issued letter in type, once."""
    from moyai.documents.actions.letters import render_letter

    letter = Letter.objects.filter(pk=letter_id).first()
    if letter is not None and letter.state in (Letter.State.WAITING, Letter.State.FAILED):
        render_letter(actor=Actor.system(current_body()), now=now, letter=letter)


@every("23 * * * *", name="documents.rescan")
def rescan(*, body: Body, now: datetime) -> None:
    """Files still in quarantine after half an hour (the scanner was away) are scanned again."""
    waiting = Upload.objects.filter(
        body=body,
        state=Upload.State.QUARANTINED,
        kept_at__lt=now - timedelta(minutes=QUARANTINE_MINUTES),
    )
    for upload_id in waiting.order_by("kept_at", "id").values_list("id", flat=True)[:500]:
        later(scan, upload_id=upload_id)


@every("41 2 * * *", name="documents.tidy")
def tidy(*, body: Body, now: datetime) -> None:
    """Every night: links that ran out, files nobody claimed, papers past their day, files without a row."""
    from moyai.documents.actions import retention

    actor = Actor.system(body)
    retention.end_hand_overs(actor=actor, now=now)
    retention.drop_unclaimed(actor=actor, now=now)
    retention.purge_past(actor=actor, now=now)
    retention.sweep_files(body=body, now=now)


@every("37 * * * *", name="documents.drop_left")
def drop_left(*, body: Body, now: datetime) -> None:
    """Every hour: files on their way of which no piece came for a day."""
    from moyai.documents.actions import arrivals

    arrivals.drop_left(actor=Actor.system(body), now=now)


@every("53 * * * *", name="documents.sign_again")
def sign_again(*, body: Body, now: datetime) -> None:
    """Letters that no certificate could sign are tried again each hour: the operator may have put in another."""
    from moyai.documents.signing import TROUBLE

    waiting = Letter.objects.filter(body=body, state=Letter.State.FAILED, trouble__startswith=TROUBLE)
    for letter_id in waiting.order_by("id").values_list("id", flat=True)[:500]:
        later(make_letter, letter_id=letter_id)
