"""After retention: what papers knew about a person is nowhere, and the proof of its deletion is there."""

import os
import time
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from moyai.audit.public import Deed, NotPermitted, looked, reasons_of
from moyai.documents import store
from moyai.documents.actions import retention
from moyai.documents.actions.hand_overs import approve_hand_over, request_hand_over
from moyai.documents.jobs import make_letter, scan
from moyai.documents.models import HandOver, Letter, Upload
from moyai.documents.public import (
    Forgotten,
    PaperGone,
    claim_upload,
    forget_papers_about,
    issue_letter,
    keep_upload,
    serve_letter,
)
from moyai.documents.tests import hostile
from moyai.tenants.models import Counter
from moyai.tenants.public import Actor

AT = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
NAME = "忘田忘子"
FACTS = {
    "subject": "決定通知書",
    "addressee": {"name": NAME, "honorific": "様"},
    "sender": {"title": "千葉市長", "name": "千葉"},
    "body": ["決定しました。"],
}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    settings.MOYAI_CLAMD = ""
    return tmp_path / "files"


@pytest.fixture
def system(world, in_chiba):
    return Actor.system(world.chiba)


@pytest.fixture
def thing(world, in_chiba):
    return Counter.objects.create(body=world.chiba, kind="a", fiscal_year=2026)


def tables_with(text):
    """Every table of the database in which a row, read as text, contains the words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            cursor.execute(f'SELECT 1 FROM "{name}" t WHERE t::text LIKE %s LIMIT 1', [f"%{text}%"])
            found += [name] if cursor.fetchone() else []
    return found


def papers(system, thing, *, ready=True):
    upload = keep_upload(
        actor=system,
        now=AT,
        file=SimpleUploadedFile(f"{NAME}.pdf", hostile.pdf(1)),
        drafter="d",
        name=f"{NAME}.pdf",
    )
    claim_upload(actor=system, now=AT, upload_id=upload.pk, thing=thing, drafter="d")
    letter = issue_letter(actor=system, now=AT, kind="documents.letter", facts=FACTS, thing=thing)
    if ready:
        scan(upload_id=upload.pk, now=AT)
        make_letter(letter_id=letter.pk, now=AT)
    return upload, letter


@pytest.mark.parametrize("ready", [True, False], ids=["finished", "still waiting for their jobs"])
def test_A20_nothing_of_the_person_is_left_and_the_proof_is(
    system, thing, ready, files, django_capture_on_commit_callbacks
):
    upload, letter = papers(system, thing, ready=ready)
    numbered = letter.number_text
    looked(actor=system, now=AT, verb="documents.fetch_letter", thing=letter, reason=f"{NAME}さんの電話")
    assert set(tables_with(NAME)) >= {"documents_upload", "documents_letter", "audit_reason"}
    with django_capture_on_commit_callbacks(execute=True):
        done = forget_papers_about(actor=system, now=AT, thing=thing)
    assert done == Forgotten(letters=1, uploads=1, hand_overs=0)
    assert tables_with(NAME) == []
    assert [path for path in files.rglob("*") if path.is_file()] == []
    upload.refresh_from_db()
    letter.refresh_from_db()
    assert (upload.state, upload.name, upload.purged_at) == ("purged", "", AT) and upload.sha256
    assert (letter.state, letter.facts, letter.purged_at) == ("purged", {}, AT)
    assert letter.number_text == numbered
    deed = Deed.objects.get(verb="documents.forget_papers_about")
    assert (deed.thing_kind, deed.thing_id) == ("tenants.counter", thing.pk)
    assert reasons_of(Deed.objects.filter(thing_kind="documents.letter", thing_id=letter.pk)) == {}
    with pytest.raises(PaperGone):
        serve_letter(actor=system, now=AT, letter=letter)


def test_A20_jobs_that_come_later_bring_nothing_back(
    system, thing, files, django_capture_on_commit_callbacks
):
    upload, letter = papers(system, thing, ready=False)
    with django_capture_on_commit_callbacks(execute=True):
        forget_papers_about(actor=system, now=AT, thing=thing)
        scan(upload_id=upload.pk, now=AT)
        make_letter(letter_id=letter.pk, now=AT)
    assert Upload.objects.get(pk=upload.pk).state == "purged"
    assert Letter.objects.get(pk=letter.pk).state == "purged"
    assert [path for path in files.rglob("*") if path.is_file()] == []


def test_A19_death_between_commit_and_deletion_is_made_good(
    system, thing, files, django_capture_on_commit_callbacks
):
    upload, _letter = papers(system, thing)
    left = store.path_of(system.body.pk, Upload.objects.get(pk=upload.pk).key)
    forget_papers_about(actor=system, now=AT, thing=thing)  # what follows the commit never runs
    assert left.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_papers_about(actor=system, now=AT, thing=thing) == Forgotten(0, 0, 0)
    assert not left.exists()


def test_A19_the_nightly_sweep_takes_a_file_that_outlived_its_deletion(system, thing):
    upload, _letter = papers(system, thing)
    left = store.path_of(system.body.pk, Upload.objects.get(pk=upload.pk).key)
    forget_papers_about(actor=system, now=AT, thing=thing)
    long_ago = time.time() - 2 * 86400
    os.utime(left, (long_ago, long_ago))
    assert retention.sweep_files(body=system.body, now=AT) == 1
    assert not left.exists()


def test_A20_papers_of_other_things_stay(world, system, thing):
    other = Counter.objects.create(body=world.chiba, kind="b", fiscal_year=2026)
    papers(system, thing)
    upload, letter = papers(system, other)
    forget_papers_about(actor=system, now=AT, thing=thing)
    upload.refresh_from_db()
    letter.refresh_from_db()
    assert (upload.state, letter.state) == ("clean", "ready") and letter.facts["addressee"]["name"] == NAME


def test_O88_a_handed_over_file_is_forgotten_with_every_word_about_it(
    world, system, django_capture_on_commit_callbacks
):
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    upload = keep_upload(actor=clerk, now=AT, file=SimpleUploadedFile("x.pdf", hostile.pdf(1)))
    scan(upload_id=upload.pk, now=AT)
    row = request_hand_over(
        actor=clerk,
        now=AT,
        upload_id=upload.pk,
        title=NAME,
        recipient=NAME,
        days=7,
        download_limit=2,
        message=NAME,
    )
    approver = world.actor(world.at_chiba.approver, world.chiba)
    approve_hand_over(actor=approver, now=AT, hand_over=row)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_papers_about(actor=system, now=AT, thing=row) == Forgotten(0, 1, 1)
    assert tables_with(NAME) == []
    assert HandOver.objects.get(pk=row.pk).state == "revoked"
    assert forget_papers_about(actor=system, now=AT, thing=row) == Forgotten(0, 0, 0)


def test_A20_a_clerk_forgets_nothing(world, system, thing):
    papers(system, thing)
    with pytest.raises(NotPermitted):
        forget_papers_about(actor=world.actor(world.at_chiba.clerk, world.chiba), now=AT, thing=thing)
    assert Letter.objects.filter(facts__addressee__name=NAME).count() == 1
