"""`moyai check` finds a missing file and a missing number."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moyai.documents import store
from moyai.documents.invariants import files_missing, numbers_with_gaps
from moyai.documents.models import Letter, Upload
from moyai.documents.public import issue_letter, keep_upload
from moyai.documents.tests import hostile
from moyai.tenants.public import acting_in

AT = datetime(2041, 4, 1, tzinfo=UTC)


@pytest.fixture
def clerk(world, settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    with acting_in(world.chiba):
        Upload.objects.update(state="purged", why="")  # what the world was built with lies elsewhere
        Letter.objects.update(state="purged")
    return world.actor(world.at_chiba.clerk, world.chiba)


def test_file_that_is_gone_or_changed_is_found(clerk, world):
    with acting_in(world.chiba):
        upload = keep_upload(actor=clerk, now=AT, file=SimpleUploadedFile("x.pdf", hostile.pdf()))
    assert files_missing() == []
    path = store.path_of(world.chiba.pk, upload.key)
    with path.open("ab") as file:
        file.write(b"x")
    assert files_missing() == [f"千葉市 添付ファイル{upload.pk}：ファイルがないか、大きさが違います"]
    path.unlink()
    assert len(files_missing()) == 1


def test_gap_in_the_letter_numbers_is_found(clerk, world):
    facts = {"subject": "件名", "addressee": {"name": "山田"}, "sender": {"title": "市長"}}
    with acting_in(world.chiba):
        for sequence in (1, 2, 3):
            letter = issue_letter(
                actor=clerk,
                now=AT,
                kind="documents.letter",
                facts=facts,
                thing=world.at_chiba.clerk,
                sequence=sequence,
            )
    assert numbers_with_gaps() == []
    with acting_in(world.chiba):
        Letter.objects.filter(pk=letter.pk - 1).delete()
    assert numbers_with_gaps() == ["千葉市 2041年度：3号まで発行、2通"]
