"""Files that are brought to us: the good ones come through, each bad one is refused in its own words."""

import io
import os
import time
import tracemalloc
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from moyai.audit.public import Deed
from moyai.documents import scanner, store
from moyai.documents.actions import retention
from moyai.documents.jobs import rescan, scan
from moyai.documents.models import WHY_REFUSED, Upload
from moyai.documents.public import (
    DOCX,
    EVERYTHING,
    JPEG,
    PDF,
    TEXT,
    ZIP,
    UploadClaimed,
    UploadNotClean,
    UploadNotFound,
    UploadRefused,
    claim_upload,
    delete_upload,
    keep_upload,
    serve_upload,
    upload_settled,
    why_refused,
)
from moyai.documents.rules import contents
from moyai.documents.tests import clamd, hostile
from moyai.tenants.public import Actor, acting_in

AT = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    settings.MOYAI_CLAMD = ""
    return tmp_path / "files"


@pytest.fixture
def resident(world, in_chiba):
    return Actor.anyone(world.chiba)


def kept(actor, content, name="x", **more):
    more = {"drafter": "draft-1", "accept": EVERYTHING, "max_bytes": 50_000_000, **more}
    return keep_upload(actor=actor, now=AT, file=SimpleUploadedFile(name or "x", content), name=name, **more)


def settled(upload):
    scan(upload_id=upload.pk, now=AT)
    upload.refresh_from_db()
    return upload


def stored_content(upload):
    return store.path_of(upload.body_id, upload.key).read_bytes()


def files_on_disk(actor):
    return [key for _path, key, _written in store.files_of(actor.body.pk)]


@pytest.mark.parametrize(
    ("content", "name", "content_type", "shown"),
    [
        (hostile.pdf(3), "申請書.pdf", PDF, "申請書.pdf"),
        (hostile.image(), "写真.jpg", JPEG, "写真.jpg"),
        (hostile.image("PNG"), "図.png", "image/png", "図.png"),
        (hostile.image("PNG"), "図.jpg", "image/png", "図_jpg.png"),
        (hostile.heic(), "IMG_0001.HEIC", JPEG, "IMG_0001.jpg"),
        (hostile.packed({"資料/表.csv": "a,b"}), "資料.zip", ZIP, "資料.zip"),
        (hostile.office(), "届出.docx", DOCX, "届出.docx"),
        ("番号,氏名\r\n1,千葉".encode("cp932"), "名簿.csv", TEXT, "名簿.csv"),
    ],
)
def test_good_file_comes_through_clean(resident, content, name, content_type, shown):
    upload = kept(resident, content, name)
    assert upload.state == "quarantined"
    upload = settled(upload)
    assert (upload.state, upload.why, upload.scanner) == ("clean", "", "none")
    assert (upload.content_type, upload.name) == (content_type, shown)
    assert upload.size == len(stored_content(upload))
    served = serve_upload(actor=resident, now=AT, upload=upload)
    assert b"".join(served.streaming_content) == stored_content(upload)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (hostile.pdf_with_script(), "script"),
        (hostile.pdf_with_script_deep(), "script"),
        (hostile.pdf_with_file(), "script"),
        (hostile.pdf_with_password(), "password"),
        (hostile.pdf(contents.MOST_PAGES + 1), "pages"),
        (hostile.pdf_bomb(), "bomb"),
        (hostile.pdf() + b"<html><script>alert(1)</script>", "two_faced"),
        (hostile.pdf() + hostile.packed({"a.txt": "x"}), "two_faced"),
        (hostile.pdf()[:-200], "broken"),
        (b"%PDF-1.7 and nothing more", "broken"),
        (hostile.image()[:300], "broken"),
        (hostile.huge_png(), "pixels"),
        (hostile.zip_bomb(), "bomb"),
        (hostile.packed({"../../x.sh": "rm"}), "two_faced"),
        (hostile.packed({"a": "x"})[:-30], "broken"),
        (hostile.office(macro=True), "script"),
        (b"name,text\n" + b"a,b\n" * 2000 + b"<script>alert(1)</script>", "two_faced"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_bad_file_is_refused_with_its_reason_and_leaves_no_file(
    resident, content, why, django_capture_on_commit_callbacks
):
    upload = kept(resident, content)
    with django_capture_on_commit_callbacks(execute=True):
        upload = settled(upload)
    assert (upload.state, upload.why) == ("refused", why)
    assert why_refused(upload) == str(WHY_REFUSED[why])
    assert files_on_disk(resident) == []
    with pytest.raises(UploadRefused):
        serve_upload(actor=resident, now=AT, upload=upload)
    with pytest.raises(UploadRefused):
        claim_upload(actor=resident, now=AT, upload_id=upload.pk, drafter="draft-1", thing=resident.body)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<!DOCTYPE html><html></html>",
        b"\xef\xbb\xbf  <html>",
        b" %PDF-1.7 the mark is not at byte 0",
        b"GIF89a"[:3] + b"\0" * 40,
        b"MZ\x90\0" + b"\0" * 100,
        b"\x7fELF" + b"\0" * 100,
        b"#!/bin/sh\nrm -rf /\n",
        b"PK\x05\x06" + b"\0" * 18,
    ],
)
def test_what_we_do_not_take_is_refused_at_once_and_nothing_is_kept(resident, content):
    with pytest.raises(UploadRefused) as refused:
        kept(resident, content, "写真.jpg")
    assert (refused.value.why, refused.value.status) == ("type", 422)
    assert not Upload.objects.exists()
    assert files_on_disk(resident) == []


def test_empty_large_and_unwanted_files_are_refused_at_once(resident):
    for content, more, why in (
        (b"", {}, "empty"),
        (hostile.pdf() + b" " * 2000, {"max_bytes": 1500}, "size"),
        (hostile.pdf(), {"accept": {JPEG}}, "type"),
    ):
        with pytest.raises(UploadRefused) as refused:
            kept(resident, content, **more)
        assert refused.value.why == why
    assert not Upload.objects.exists()
    assert files_on_disk(resident) == []


def test_a_zip_in_the_clothes_of_an_office_paper_is_refused(resident):
    disguised = hostile.packed({"word/readme.txt": "x"})
    assert settled(kept(resident, disguised, "届出.docx", accept={DOCX})).why == "type"


def test_place_and_maker_are_taken_out_of_a_photograph_and_the_rest_stays(resident):
    raw = hostile.photograph_with_place()
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(0x8825)
    upload = settled(kept(resident, raw + b"<?php a second file ?>", "写真.jpg"))
    clean = stored_content(upload)
    picture = Image.open(io.BytesIO(clean))
    exif = picture.getexif()
    assert not exif.get_ifd(0x8825)
    assert b"SECRETMAKER" not in clean
    assert b"<?php" not in clean
    assert exif[0x0112] == 6
    assert exif.get_ifd(0x8769)[0x9003] == "2026:04:01 09:00:00"
    assert picture.size == (64, 48)


def test_hundred_megapixels_are_refused_without_being_opened(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(hostile.huge_png())
    assert scanner.examined(path, "image/png").why == "pixels"


def test_examination_that_dies_refuses_the_file(tmp_path, monkeypatch):
    script = tmp_path / "dies.py"
    script.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(contents, "__file__", str(script))
    assert scanner.examined(tmp_path / "x", PDF).why == "bomb"


class TestScanner:
    def test_eicar_is_found_also_in_a_zip_that_clamd_opens(
        self, resident, settings, django_capture_on_commit_callbacks
    ):
        with clamd.running() as server:
            settings.MOYAI_CLAMD = server.address
            upload = kept(resident, b"text " + clamd.EICAR, "x.txt")
            packed = kept(resident, hostile.packed({"e.com": clamd.EICAR}, how=0), "x.zip")
            with django_capture_on_commit_callbacks(execute=True):
                assert settled(upload).why == "virus"
                assert settled(packed).why == "virus"
        assert upload.scanner == "clamd"
        assert files_on_disk(resident) == []

    def test_clean_file_passes_clamd_whole(self, resident, settings, tmp_path):
        content = hostile.pdf(2)
        with clamd.running(unix=tmp_path / "clamd.sock") as server:
            settings.MOYAI_CLAMD = server.address
            upload = settled(kept(resident, content))
        assert (upload.state, upload.scanner) == ("clean", "clamd")
        assert server.seen == [content]

    def test_scanner_down_leaves_the_file_in_quarantine_and_it_is_tried_again(
        self, resident, settings, world
    ):
        settings.MOYAI_CLAMD = "127.0.0.1:1"
        upload = kept(resident, hostile.pdf())
        with pytest.raises(scanner.ScannerDownError):
            scan(upload_id=upload.pk, now=AT)
        upload.refresh_from_db()
        assert (upload.state, upload.settled_at) == ("quarantined", None)
        with pytest.raises(UploadNotClean):
            serve_upload(actor=resident, now=AT, upload=upload)
        assert waiting_scans(upload) == 1
        rescan(body=world.chiba, now=AT + timedelta(minutes=10))
        assert waiting_scans(upload) == 1
        rescan(body=world.chiba, now=AT + timedelta(minutes=31))
        assert waiting_scans(upload) == 2
        with clamd.running() as server:
            settings.MOYAI_CLAMD = server.address
            assert settled(upload).state == "clean"

    def test_strange_answer_counts_as_down_and_too_large_is_refused(self, resident, settings):
        upload = kept(resident, b"x" * 6_000_000, "x.txt")
        with clamd.running(answer=b"who are you?\0") as server:
            settings.MOYAI_CLAMD = server.address
            with pytest.raises(scanner.ScannerDownError):
                scan(upload_id=upload.pk, now=AT)
        with clamd.running() as server:
            settings.MOYAI_CLAMD = server.address
            assert settled(upload).why == "unscannable"


def waiting_scans(upload):
    from procrastinate.contrib.django.models import ProcrastinateJob

    return ProcrastinateJob.objects.filter(task_name="documents.scan", args__upload_id=upload.pk).count()


def test_scan_run_twice_settles_once(resident, monkeypatch):
    heard = []
    monkeypatch.setattr(
        upload_settled, "_ears", {"tenants.body": lambda upload, now: heard.append(upload.pk)}
    )
    upload = kept(resident, hostile.image())
    claim_upload(actor=resident, now=AT, upload_id=upload.pk, drafter="draft-1", thing=resident.body)
    settled(upload)
    first = upload.key
    settled(upload)
    assert upload.key == first
    assert heard == [upload.pk]
    assert Deed.objects.filter(verb="documents.settle_upload").count() == 1


def test_two_workers_at_once_settle_once_and_leave_one_file(resident, django_capture_on_commit_callbacks):
    from moyai.documents.actions.uploads import settle_upload

    upload = kept(resident, hostile.image())
    first, second = Upload.objects.get(pk=upload.pk), Upload.objects.get(pk=upload.pk)
    system = Actor.system(resident.body)
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        settle_upload(actor=system, now=AT, upload=first)
        settle_upload(actor=system, now=AT, upload=second)
    for callback in callbacks:
        callback()
    assert files_on_disk(resident) == [Upload.objects.get(pk=upload.pk).key]


def test_another_draft_cannot_claim_or_delete_an_upload(resident, world):
    upload = kept(resident, hostile.pdf())
    for act in (
        lambda: claim_upload(
            actor=resident, now=AT, upload_id=upload.pk, drafter="draft-2", thing=world.chiba
        ),
        lambda: delete_upload(actor=resident, now=AT, upload_id=upload.pk, drafter="draft-2"),
        lambda: delete_upload(actor=resident, now=AT, upload_id=upload.pk + 999, drafter="draft-1"),
    ):
        with pytest.raises(UploadNotFound):
            act()
    upload.refresh_from_db()
    assert (upload.claimed_id, upload.state) == (None, "quarantined")
    assert files_on_disk(resident) == [upload.key]


def test_upload_belongs_to_one_thing_and_claiming_again_is_harmless(resident, world):
    upload = kept(resident, hostile.pdf())
    for _ in range(2):
        claim_upload(actor=resident, now=AT, upload_id=upload.pk, drafter="draft-1", thing=world.chiba)
    with pytest.raises(UploadClaimed):
        claim_upload(
            actor=resident, now=AT, upload_id=upload.pk, drafter="draft-1", thing=world.at_chiba.clerk
        )
    with pytest.raises(UploadNotFound):
        delete_upload(actor=resident, now=AT, upload_id=upload.pk, drafter="draft-1")
    upload.refresh_from_db()
    assert (upload.claimed_kind, upload.claimed_id) == ("tenants.body", world.chiba.pk)


def test_upload_without_account_or_draft_is_a_mistake(resident):
    with pytest.raises(ValueError, match="draft"):
        kept(resident, hostile.pdf(), drafter="")


def test_deleted_upload_takes_its_file_along(resident, django_capture_on_commit_callbacks):
    upload = kept(resident, hostile.pdf())
    with django_capture_on_commit_callbacks(execute=True):
        delete_upload(actor=resident, now=AT, upload_id=upload.pk, drafter="draft-1")
    assert not Upload.objects.exists()
    assert files_on_disk(resident) == []
    assert Deed.objects.get(verb="documents.delete_upload").thing_id == upload.pk


def test_other_body_gets_nothing(world):
    with acting_in(world.chiba):
        upload = settled(kept(Actor.anyone(world.chiba), hostile.pdf()))
    stranger = world.actor(world.at_matsudo.clerk, world.matsudo)
    with acting_in(world.matsudo):
        assert not Upload.objects.filter(pk=upload.pk).exists()
        with pytest.raises(UploadNotFound):
            serve_upload(actor=stranger, now=AT, upload=upload)
        with pytest.raises(UploadNotFound):
            claim_upload(actor=stranger, now=AT, upload_id=upload.pk, drafter="draft-1", thing=world.matsudo)


def test_file_goes_out_as_an_attachment_that_no_browser_runs(resident):
    upload = settled(kept(resident, hostile.pdf(), "請求書\u202efdp.exe"))
    answer = serve_upload(actor=resident, now=AT, upload=upload)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Content-Length"] == str(upload.size)
    b"".join(answer.streaming_content)
    assert Deed.objects.filter(verb="documents.fetch_upload", thing_id=upload.pk).count() == 1


def test_unclaimed_upload_goes_after_two_days(resident, world, django_capture_on_commit_callbacks):
    mine = kept(resident, hostile.pdf())
    claimed = kept(resident, hostile.pdf(2))
    claim_upload(actor=resident, now=AT, upload_id=claimed.pk, drafter="draft-1", thing=world.chiba)
    system = Actor.system(world.chiba)
    assert retention.drop_unclaimed(actor=system, now=AT + timedelta(days=2)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.drop_unclaimed(actor=system, now=AT + timedelta(days=2, seconds=1)) == 1
    assert [upload.pk for upload in Upload.objects.all()] == [claimed.pk]
    assert files_on_disk(resident) == [claimed.key]
    assert mine.key != claimed.key


def test_purged_upload_leaves_a_tombstone_without_name_or_file(
    resident, world, django_capture_on_commit_callbacks
):
    upload = settled(kept(resident, hostile.pdf(), "田中花子.pdf"))
    claim_upload(
        actor=resident,
        now=AT,
        upload_id=upload.pk,
        drafter="draft-1",
        thing=world.chiba,
        keep_until=AT.date() + timedelta(days=30),
    )
    system = Actor.system(world.chiba)
    assert retention.purge_past(actor=system, now=AT + timedelta(days=30)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.purge_past(actor=system, now=AT + timedelta(days=31)) == 1
    gone = Upload.objects.get(pk=upload.pk)
    assert (gone.state, gone.name, gone.sha256) == ("purged", "", upload.sha256)
    assert gone.purged_at is not None
    assert files_on_disk(resident) == []
    assert Deed.objects.filter(verb="documents.purge", thing_id=upload.pk).count() == 1


def test_sweep_takes_old_files_without_a_row_and_no_others(resident, world):
    upload = kept(resident, hostile.pdf())
    lost = store.keep([b"from a transaction that never committed"], body_id=world.chiba.pk, most_bytes=99)
    young = store.keep([b"of a transaction still open"], body_id=world.chiba.pk, most_bytes=99)
    half = store.scratch(world.chiba.pk)
    half.write_bytes(b"half")
    day_ago = time.time() - 25 * 3600
    for path in (half, *(store.path_of(world.chiba.pk, key) for key in (lost.key, upload.key))):
        os.utime(path, (day_ago, day_ago))
    assert retention.sweep_files(body=world.chiba, now=AT) == 2
    assert sorted(files_on_disk(resident)) == sorted([upload.key, young.key])
    assert not half.exists()


def test_file_is_where_only_its_key_finds_it_and_is_ours_alone(resident, world, files):
    upload = kept(resident, hostile.pdf(), "../../../etc/passwd")
    path = store.path_of(upload.body_id, upload.key)
    assert path == files / str(world.chiba.pk) / upload.key[:2] / upload.key
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(ValueError, match="key"):
        store.path_of(world.chiba.pk, "../../../../etc/passwd")


def test_large_file_passes_through_in_pieces(resident):
    """The peak of memory is that of a few pieces, not of the file."""

    class Endless(io.RawIOBase):
        left = 60_000_000

        def seek(self, *_where):
            return 0

        def read(self, size=-1):
            taken = min(size, self.left)
            self.left -= taken
            return b"a" * taken

    tracemalloc.start()
    upload = keep_upload(
        actor=resident,
        now=AT,
        file=Endless(),
        name="大きな表.csv",
        accept={TEXT},
        max_bytes=10**8,
        drafter="d",
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert upload.size == 60_000_000
    assert peak < 12_000_000


def test_pdf_examination_agrees_with_a_real_parser(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(hostile.pdf(7))
    assert contents.examine(path, PDF).pages == len(pikepdf.open(path).pages) == 7
