"""Large files in pieces: whatever breaks in between, the whole file arrives, byte for byte, or nothing does."""

import base64
import hashlib
import os
import time
from datetime import timedelta

import pytest

from moyai.audit.public import Deed
from moyai.documents import store
from moyai.documents.actions import arrivals, retention
from moyai.documents.jobs import drop_left, scan
from moyai.documents.models import Arrival, Upload
from moyai.documents.public import (
    NotYetWhole,
    UploadNotFound,
    UploadRefused,
    append_chunk,
    begin_resumable,
    drop_resumable,
    finish_resumable,
)
from moyai.documents.tests import hostile
from moyai.tenants.public import Actor, acting_in

WHOLE = hostile.pdf(40)
SIZE = len(WHOLE)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    settings.MOYAI_CLAMD = ""
    return settings.MOYAI_FILES


@pytest.fixture
def resident(world, in_chiba):
    return Actor.anyone(world.chiba)


@pytest.fixture
def begun(resident, in_chiba):
    return begin_resumable(actor=resident, now=in_chiba, name="図面.pdf", size=len(WHOLE), drafter="d")


def append(resident, now, begun, offset, content, **more):
    return append_chunk(
        actor=resident, now=now, token=begun.token, drafter="d", offset=offset, content=content, **more
    )


def lying(files):
    return [path for path in files.rglob("*") if path.is_file()]


def test_A03_pieces_become_the_file_byte_for_byte(
    resident, in_chiba, begun, files, django_capture_on_commit_callbacks
):
    known = Deed.objects.order_by("-id").values_list("id", flat=True)[1]  # all but the deed of the beginning
    at = 0
    for size in (1, 700, 5_000, len(WHOLE)):
        at = append(resident, in_chiba, begun, at, WHOLE[at : at + size]).offset
    with django_capture_on_commit_callbacks(execute=True):
        upload = finish_resumable(actor=resident, now=in_chiba, token=begun.token, drafter="d")
    assert (upload.state, upload.name, upload.size) == ("quarantined", "図面.pdf", len(WHOLE))
    assert upload.sha256 == hashlib.sha256(WHOLE).hexdigest()
    assert store.path_of(upload.body_id, upload.key).read_bytes() == WHOLE
    assert len(lying(files)) == 1  # the pieces are gone
    scan(upload_id=upload.pk, now=in_chiba)
    upload.refresh_from_db()
    assert upload.state == "clean"
    assert list(Deed.objects.filter(id__gt=known).order_by("id").values_list("verb", flat=True)) == [
        "documents.begin_resumable",
        "documents.keep_upload",
        "documents.finish_resumable",
        "documents.settle_upload",
    ]


def test_A03_a_lost_answer_may_be_asked_for_again(resident, in_chiba, begun):
    append(resident, in_chiba, begun, 0, WHOLE)
    first = finish_resumable(actor=resident, now=in_chiba, token=begun.token, drafter="d")
    again = finish_resumable(actor=resident, now=in_chiba, token=begun.token, drafter="d")
    assert first.pk == again.pk and Upload.objects.filter(pk__gte=first.pk).count() == 1
    assert Arrival.objects.get(pk=begun.pk).name == ""


def test_A19_bytes_written_by_a_process_that_died_are_written_over(resident, in_chiba, begun):
    append(resident, in_chiba, begun, 0, WHOLE[:1_000])
    path = store.scratch_at(begun.body_id, begun.key)
    with path.open("ab") as file:
        file.write(b"never committed" * 1_000)
    append(resident, in_chiba, begun, 1_000, WHOLE[1_000:])
    upload = finish_resumable(actor=resident, now=in_chiba, token=begun.token, drafter="d")
    assert store.path_of(upload.body_id, upload.key).read_bytes() == WHOLE


def test_A03_a_piece_twice_or_out_of_order_changes_nothing_and_says_where_to_go_on(resident, in_chiba, begun):
    append(resident, in_chiba, begun, 0, WHOLE[:500])
    for offset in (0, 499, 501, len(WHOLE)):
        with pytest.raises(arrivals.WrongOffset) as wrong:
            append(resident, in_chiba, begun, offset, WHOLE[offset : offset + 10])
        assert wrong.value.offset == 500
    with pytest.raises(NotYetWhole):
        finish_resumable(actor=resident, now=in_chiba, token=begun.token, drafter="d")
    assert Arrival.objects.get(pk=begun.pk).offset == 500


def test_A03_a_damaged_piece_is_not_kept(resident, in_chiba, begun):
    with pytest.raises(arrivals.ChunkDamaged):
        append(resident, in_chiba, begun, 0, WHOLE[:500], checksum=hashlib.sha256(b"other").hexdigest())
    good = hashlib.sha256(WHOLE[:500]).hexdigest().upper()
    assert append(resident, in_chiba, begun, 0, WHOLE[:500], checksum=good).offset == 500


@pytest.mark.parametrize(
    ("size", "more", "why"),
    [(0, {}, "empty"), (10_000_001, {}, "size"), (501, {"max_bytes": 500}, "size")],
)
def test_A03_what_is_empty_or_too_large_does_not_begin(resident, in_chiba, size, more, why):
    with pytest.raises(UploadRefused) as refused:
        begin_resumable(actor=resident, now=in_chiba, name="x", size=size, drafter="d", **more)
    assert refused.value.why == why
    assert not Arrival.objects.exists()


def test_attack_A11_more_than_was_announced_is_refused(resident, in_chiba, begun):
    append(resident, in_chiba, begun, 0, WHOLE[:-10])
    with pytest.raises(UploadRefused):
        append(resident, in_chiba, begun, len(WHOLE) - 10, b"x" * 11)
    assert Arrival.objects.get(pk=begun.pk).offset == len(WHOLE) - 10


def test_attack_A11_a_kind_nobody_asked_for_ends_with_its_first_bytes(resident, in_chiba, files):
    begun = begin_resumable(actor=resident, now=in_chiba, name="x.pdf", size=5_000_000, drafter="d")
    with pytest.raises(UploadRefused) as refused:
        append(resident, in_chiba, begun, 0, b"MZ" + b"\0" * 100_000)
    assert refused.value.why == "type" and lying(files) == []


def test_attack_A10_another_draft_reaches_neither_offset_nor_file(resident, in_chiba, begun):
    append(resident, in_chiba, begun, 0, WHOLE)
    for attempt in (
        lambda: arrivals.find_arrival(actor=resident, token=begun.token, drafter="other"),
        lambda: append_chunk(
            actor=resident, now=in_chiba, token=begun.token, drafter="other", offset=0, content=b"x"
        ),
        lambda: finish_resumable(actor=resident, now=in_chiba, token=begun.token, drafter="other"),
        lambda: drop_resumable(actor=resident, now=in_chiba, token=begun.token, drafter="other"),
        lambda: finish_resumable(actor=resident, now=in_chiba, token="X" * 32, drafter="d"),
    ):
        with pytest.raises(UploadNotFound):
            attempt()
    assert Arrival.objects.get(pk=begun.pk).upload_id_made is None


def test_A03_ten_at_once_are_enough(resident, in_chiba):
    for _ in range(10):
        begin_resumable(actor=resident, now=in_chiba, name="x", size=9, drafter="d")
    with pytest.raises(arrivals.TooManyArrivals):
        begin_resumable(actor=resident, now=in_chiba, name="x", size=9, drafter="d")
    begin_resumable(actor=resident, now=in_chiba, name="x", size=9, drafter="another")
    later = in_chiba + timedelta(hours=25)
    begin_resumable(actor=resident, now=later, name="x", size=9, drafter="d")


def test_A03_giving_up_leaves_neither_row_nor_bytes(
    resident, in_chiba, begun, files, django_capture_on_commit_callbacks
):
    append(resident, in_chiba, begun, 0, WHOLE[:500])
    with django_capture_on_commit_callbacks(execute=True):
        drop_resumable(actor=resident, now=in_chiba, token=begun.token, drafter="d")
    assert not Arrival.objects.exists() and lying(files) == []


def test_A03_what_is_left_for_a_day_is_swept_and_what_moves_is_not(
    resident, in_chiba, begun, files, django_capture_on_commit_callbacks
):
    append(resident, in_chiba, begun, 0, WHOLE[:500])
    with django_capture_on_commit_callbacks(execute=True):
        drop_left(body=resident.body, now=in_chiba + timedelta(hours=23))
        assert Arrival.objects.exists()
        drop_left(body=resident.body, now=in_chiba + timedelta(hours=24, minutes=1))
    assert not Arrival.objects.exists() and lying(files) == []


def test_A03_a_file_that_the_sweep_took_is_begun_anew(resident, in_chiba, begun):
    append(resident, in_chiba, begun, 0, WHOLE[:500])
    path = store.scratch_at(begun.body_id, begun.key)
    long_ago = time.time() - 2 * 86400
    os.utime(path, (long_ago, long_ago))
    assert retention.sweep_files(body=resident.body, now=in_chiba) == 1
    with pytest.raises(UploadNotFound):
        append(resident, in_chiba, begun, 500, WHOLE[500:])


# --- over HTTP -------------------------------------------------------------------------------------

BEGIN = "/chiba-shi/office/handovers/new/file/"


def started(client, size=SIZE, name="統計 資料.pdf"):
    metadata = "filename " + base64.b64encode(name.encode()).decode()
    return client.post(BEGIN, headers={"Upload-Length": str(size), "Upload-Metadata": metadata})


def patch(client, where, offset, content, **headers):
    return client.patch(
        where,
        data=content,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(offset), **headers},
    )


def test_A03_a_tus_client_begins_goes_on_and_the_form_takes_the_whole(world, client_for):
    clerk = client_for(world.at_chiba.clerk)
    answer = started(clerk)
    assert (answer.status_code, answer["Tus-Resumable"], answer["Upload-Offset"]) == (201, "1.0.0", "0")
    where = answer["Location"]
    assert patch(clerk, where, 0, WHOLE[:600]).status_code == 204
    head = clerk.head(where)
    assert (head["Upload-Offset"], head["Upload-Length"], head["Cache-Control"]) == (
        "600",
        str(len(WHOLE)),
        "no-store",
    )
    wrong = patch(clerk, where, 0, WHOLE[:600])
    assert (wrong.status_code, wrong["Upload-Offset"]) == (409, "600")
    digest = base64.b64encode(hashlib.sha256(WHOLE[600:]).digest()).decode()
    damaged = patch(clerk, where, 600, WHOLE[600:-1] + b"?", **{"Upload-Checksum": f"sha256 {digest}"})
    assert damaged.status_code == 460
    whole = patch(clerk, where, 600, WHOLE[600:], **{"Upload-Checksum": f"sha256 {digest}"})
    assert (whole.status_code, whole["Upload-Offset"]) == (204, str(len(WHOLE)))
    token = where.rstrip("/").rsplit("/", 1)[1]
    done = clerk.post("/chiba-shi/office/handovers/new/", {"file.resumed": token})
    assert done.status_code == 302
    with acting_in(world.chiba):
        upload = Upload.objects.get(pk=int(done["Location"].rstrip("/").rsplit("/", 1)[1]))
        assert (upload.name, upload.sha256) == ("統計 資料.pdf", hashlib.sha256(WHOLE).hexdigest())


def test_attack_A7_anothers_upload_is_absent_for_a_colleague_and_for_another_body(world, client_for):
    where = started(client_for(world.at_chiba.clerk))["Location"]
    colleague = client_for(world.at_chiba.second_clerk)
    assert colleague.head(where).status_code == 404
    assert patch(colleague, where, 0, WHOLE).status_code == 404
    assert colleague.delete(where).status_code == 404
    token = where.rstrip("/").rsplit("/", 1)[1]
    assert colleague.post("/chiba-shi/office/handovers/new/", {"file.resumed": token}).status_code == 404
    assert client_for(world.at_matsudo.clerk).head(where).status_code == 404
    with acting_in(world.chiba):
        assert Arrival.objects.get(token=token).offset == 0


@pytest.mark.parametrize(
    ("method", "headers", "kind", "status"),
    [
        ("patch", {}, "application/offset+octet-stream", 400),
        ("patch", {"Upload-Offset": "-1"}, "application/offset+octet-stream", 400),
        ("patch", {"Upload-Offset": "1e3"}, "application/offset+octet-stream", 400),
        ("patch", {"Upload-Offset": "0"}, "text/plain", 415),
        ("put", {}, "text/plain", 405),
    ],
)
def test_A03_requests_that_are_not_tus_are_told_so(world, client_for, method, headers, kind, status):
    clerk = client_for(world.at_chiba.clerk)
    where = started(clerk)["Location"]
    assert getattr(clerk, method)(where, data=b"x", content_type=kind, headers=headers).status_code == status
    for length in ("", "-5", "abc", "9" * 16):
        assert clerk.post(BEGIN, headers={"Upload-Length": length}).status_code == 400
    assert patch(clerk, where, 0, b"x" * 8_000_001).status_code == 413
    assert clerk.delete(where).status_code == 204 and clerk.head(where).status_code == 404


def test_A03_a_refusal_is_told_in_words_not_as_a_page(world, client_for):
    clerk = client_for(world.at_chiba.clerk)
    answer = started(clerk, size=200_000_001)
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "200MB以下" in answer.content.decode()
