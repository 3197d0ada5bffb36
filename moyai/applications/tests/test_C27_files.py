"""Files: kept at once with the question, only one's own, corrected by name, gone with their row."""

from __future__ import annotations

import copy
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from moyai.applications.actions.corrections import attach_to_correction, request_correction
from moyai.applications.actions.procedures import publish_edition
from moyai.applications.actions.review import accept
from moyai.applications.models import Application, Attachment, Draft
from moyai.applications.tests.conftest import DOCUMENT, make_procedure
from moyai.applications.tests.portal import PERSON, document, of, procedure_of, send, token_in
from moyai.documents.public import Upload
from moyai.tenants.public import Actor, acting_in, clock

BASE = "/chiba-shi"


def picture(name: str = "写真.jpg", width: int = 600, height: int = 800) -> SimpleUploadedFile:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), "#88aacc").save(kept, "JPEG")
    return SimpleUploadedFile(name, kept.getvalue(), content_type="image/jpeg")


@pytest.fixture
def with_photo(world: Any) -> Any:
    document = copy.deepcopy(DOCUMENT)
    document["pages"][0]["fields"].append(
        {"id": "photo", "kind": "photo", "label": "顔写真", "required": True}
    )
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        return make_procedure(actor=actor, now=now, code="with-photo", document=document)


WHO = {"name": "髙﨑 花子", "kana": "タカサキ", "mail": "", "shown": "name kana mail photo"}


def attached(client: Client) -> str:
    """Attach a picture on the first page; the address of that page."""
    door = f"{BASE}/applications/with-photo/new/"
    token = re.search(r'name="token" value="([^"]+)"', client.get(door).content.decode())[1]  # type: ignore[index]
    page = client.post(door, {**WHO, "token": token, "attach": "photo", "file_photo": picture()})
    assert page.status_code == 302, page.content.decode()
    return str(page["Location"])


def test_file_is_kept_at_once_and_what_was_typed_stays(client: Client, with_photo: Any, world: Any) -> None:
    text = client.get(attached(client)).content.decode()
    assert "写真.jpg" in text and 'value="髙﨑 花子"' in text
    with acting_in(world.chiba):
        one = Attachment.objects.get()
        assert (one.width_px, one.height_px, one.path) == (600, 800, "photo")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("写真.jpg", b"", content_type="image/jpeg"), "ファイルの中身が空です"),
        (
            SimpleUploadedFile("写真.jpg", b"<html><script>", content_type="image/jpeg"),
            "この種類のファイルは",
        ),
        (
            SimpleUploadedFile("../../x.svg", b"<svg onload='x'/>", content_type="image/jpeg"),
            "この種類のファイルは",
        ),
    ],
)
def test_unfit_file_is_refused_beside_its_question_and_not_kept(
    client: Client, with_photo: Any, world: Any, file: SimpleUploadedFile, words: str
) -> None:
    address = attached(client)
    client.post(address, {**WHO, "detach": _upload_id(world)})
    page = client.post(address, {**WHO, "attach": "photo", "file_photo": file})
    assert page.status_code == 422 and words in page.content.decode()
    with acting_in(world.chiba):
        assert not Attachment.objects.exists()


def _upload_id(world: Any) -> str:
    with acting_in(world.chiba):
        return str(Attachment.objects.get().upload_id)


def test_another_drafts_upload_cannot_be_named(client: Client, with_photo: Any, world: Any) -> None:
    attached(client)
    stolen = _upload_id(world)
    other = Client()
    address = attached(other)
    with acting_in(world.chiba):
        draft = Draft.objects.order_by("-id").first()
        draft.answers = {**draft.answers, "photo": [stolen]}
        draft.save(update_fields=["answers"])
    assert "見つかりません" in other.get(address.replace("/pages/who/", "/check/")).content.decode()


def test_removed_file_is_gone(client: Client, with_photo: Any, world: Any) -> None:
    address = attached(client)
    upload_id = _upload_id(world)
    assert client.post(address, {**WHO, "detach": upload_id}).status_code == 302
    with acting_in(world.chiba):
        assert not Attachment.objects.exists() and not Upload.objects.filter(pk=upload_id).exists()
        assert Draft.objects.get().answers["photo"] == []


def test_named_file_is_corrected_and_the_old_one_kept(client: Client, with_photo: Any, world: Any) -> None:
    address = attached(client)
    assert client.post(address, WHO).status_code == 302
    what = address.replace("/who/", "/what/")
    check = client.post(what, {"kind": "bicycle", "months": "3", "shown": "kind months"})["Location"]
    receipt = client.get(client.post(check)["Location"]).content.decode()
    number = re.search(r"\d{4}-\d{4}-\d{4}", receipt)[0]  # type: ignore[index]
    secret = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", receipt)[0]  # type: ignore[index]
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        application = Application.objects.get(public_number=number.replace("-", ""))
        accept(actor=clerk, now=now, application=application)
        from datetime import timedelta

        request_correction(
            actor=clerk,
            now=now,
            application=application,
            items=[("photo", "顔写真", "正面を向いた写真にしてください。")],
            deadline_on=clock.today(now) + timedelta(days=7),
        )
    place = client.post(f"{BASE}/inquiry/", {"number": number, "secret": secret})["Location"]
    page = client.post(f"{place}correct/", {"attach": "i0-photo", "file_i0-photo": picture("正面.jpg")})
    kept = re.search(r'name="kept_0" value="(\d+)"', page.content.decode())[1]  # type: ignore[index]
    shown = client.post(f"{place}correct/", {"kept_0": kept}).content.decode()
    assert "写真.jpg" in shown and "正面.jpg" in shown
    assert client.post(f"{place}correct/", {"kept_0": kept, "send": "1"}).status_code == 302
    with acting_in(world.chiba):
        application.refresh_from_db()
        assert application.answers["photo"] == [kept] and application.status == "reviewing"
        assert Attachment.objects.filter(application=application).count() == 2


def test_file_for_a_field_that_was_not_named_is_refused(
    procedure: Any, staff: Any, in_chiba: Any, world: Any
) -> None:
    from moyai.applications.actions.corrections import NothingToCorrect
    from moyai.applications.tests.conftest import apply

    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    with pytest.raises(NothingToCorrect):
        attach_to_correction(
            actor=Actor.anyone(world.chiba),
            now=in_chiba,
            application=application,
            path="name",
            file=picture(),
        )
    assert not Attachment.objects.exists()


# -- of all files of a question together ---------------------------------------------------------------------------------
LIMIT = 50_000
PLANS = {"id": "plans", "kind": "photo", "label": "図面", "max_count": 3}


def drawing(name: str, size: int) -> SimpleUploadedFile:
    """A picture of so many bytes: what follows its end is ignored by every reader."""
    data = picture(name).read()
    assert len(data) < size
    return SimpleUploadedFile(name, data + b"\0" * (size - len(data)), content_type="image/jpeg")


def _begun(client: Client, file: SimpleUploadedFile) -> Any:
    """The answer to 添付する on the first page."""
    door = f"{BASE}/applications/plans/new/"
    token = token_in(client.get(door).content.decode())
    return client.post(door, {**PERSON, "token": token, "attach": "plans", "file_plans": file})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", "図面の添付は合わせて48KB以下にしてください。今は合わせて49KBです。"),
        ("/en", "can be up to 48KB together; they are 49KB."),
        ("/ja-easy", "で48KBまでにしてください。"),
    ],
)
def test_files_of_a_question_together_are_limited_when_they_are_attached(
    client: Client, world: Any, language: str, words: str
) -> None:
    procedure_of(world, "plans", doc=document("plans", fields=[{**PLANS, "max_total_bytes": LIMIT}]))
    address = str(_begun(client, drawing("1.jpg", 30_000))["Location"])
    here = f"{language}{address}"
    more = {**PERSON, "name": "髙﨑　太郎", "attach": "plans"}
    refused = client.post(here, {**more, "file_plans": drawing("2.jpg", 21_000)})
    said = re.sub("<[^>]+>", "", refused.content.decode())
    assert refused.status_code == 422 and words in said, said
    with acting_in(world.chiba):
        assert Attachment.objects.filter(draft__procedure__code="plans").count() == 1
        kept = Draft.objects.get(procedure__code="plans").answers
    assert (len(kept["plans"]), kept["name"]) == (1, "髙﨑　太郎")  # what was typed is not lost with the file
    assert client.post(here, {**more, "file_plans": drawing("3.jpg", 20_000)}).status_code == 302
    with acting_in(world.chiba):
        assert Attachment.objects.filter(draft__procedure__code="plans").count() == 2


def test_one_file_larger_than_all_may_be_together_is_refused_by_its_own_size(
    client: Client, world: Any
) -> None:
    procedure_of(world, "plans", doc=document("plans", fields=[{**PLANS, "max_total_bytes": LIMIT}]))
    refused = _begun(client, drawing("大きい.jpg", LIMIT + 1))
    assert refused.status_code == 422 and "大きい.jpg" in refused.content.decode()
    with acting_in(world.chiba):
        assert not Attachment.objects.exists()


def test_files_that_a_new_edition_finds_too_large_together_are_not_sent(client: Client, world: Any) -> None:
    procedure = procedure_of(world, "plans", doc=document("plans", fields=[PLANS]))
    address = str(_begun(client, drawing("1.jpg", 30_000))["Location"])
    more = {**PERSON, "attach": "plans", "file_plans": drawing("2.jpg", 21_000)}
    assert client.post(address, more).status_code == 302
    check = str(client.post(address, PERSON)["Location"])
    doc = document("plans", fields=[{**PLANS, "max_total_bytes": LIMIT}])
    doc["in_flight"] = {"policy": "migrate"}
    with acting_in(world.chiba) as now:
        actor = world.actor(world.at_chiba.administrator, world.chiba)
        publish_edition(actor=actor, now=now, procedure=procedure, document=doc)
    changed = client.post(check)["Location"]
    assert client.post(changed).status_code == 302  # 新しい質問で続ける
    refused = client.post(check)
    assert refused.status_code == 422
    assert "図面の添付は合わせて48KB以下にしてください。" in refused.content.decode()
    with acting_in(world.chiba):
        assert of("plans").count() == 0
        first = Attachment.objects.filter(draft__procedure__code="plans").order_by("id")[0].upload_id
    client.post(address, {**PERSON, "detach": str(first)})
    send(client, check)
    with acting_in(world.chiba):
        assert len(of("plans").get().answers["plans"]) == 1
