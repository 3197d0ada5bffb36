"""After sending: the 控え, papers handed back, large files in pieces, and what pages cost."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from moyai.applications.actions import files as papers
from moyai.applications.actions.returned import give_back
from moyai.applications.models import Attachment, Draft, ReturnedPaper
from moyai.applications.tests.portal import (
    BASE,
    PERSON,
    begin,
    document,
    numbers_on,
    of,
    procedure_of,
    send,
    token_in,
)
from moyai.applications.tests.test_C27_files import picture
from moyai.documents.public import Upload
from moyai.tenants.public import acting_in, clock


def test_C27_the_receipt_is_one_page_with_both_numbers_and_is_stored_nowhere(
    world: Any, client: Client
) -> None:
    procedure_of(world, "receipt")
    check = begin(client, "receipt", mail="")
    number, secret = send(client, check)
    done = check.replace("/check/", "/done/")
    assert "再発行できません" in client.get(done).content.decode()
    answer = client.get(check.replace("/check/", "/receipt.pdf"))
    assert answer["Content-Type"] == "application/pdf" and "attachment" in answer["Content-Disposition"]
    pdf = PdfReader(io.BytesIO(answer.content))
    text = pdf.pages[0].extract_text()
    assert len(pdf.pages) == 1 and secret in text.replace(" ", "")
    assert f"{number[:4]}-{number[4:8]}-{number[8:]}" in text.replace(" ", "")
    assert "/chiba-shi/inquiry/" in text.replace(" ", "").replace("\n", "")
    english = client.get("/en" + check.replace("/check/", "/receipt.pdf"))
    assert "Reference number" in PdfReader(io.BytesIO(english.content)).pages[0].extract_text()
    with acting_in(world.chiba):
        assert secret not in str(of("receipt").values().get())
    assert Client().get(check.replace("/check/", "/receipt.pdf")).status_code == 302
    assert numbers_on(client, done) == (number, secret)


@pytest.fixture
def with_paper(world: Any, client: Client) -> tuple[str, ReturnedPaper]:
    procedure_of(world, "papers", return_days=10)
    number, secret = send(client, begin(client, "papers"))
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        file = SimpleUploadedFile("許可書.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
        paper = give_back(
            actor=clerk, now=now, application=of("papers").get(), file=file, title="占用許可書の写し"
        )
        Upload.objects.filter(pk=paper.upload_id).update(state=Upload.State.CLEAN)
    client.post(f"{BASE}/inquiry/", {"number": number, "secret": secret})
    return number, paper


def test_C27_a_returned_paper_is_fetched_until_its_day_and_then_explained(
    world: Any, client: Client, with_paper: tuple[str, ReturnedPaper]
) -> None:
    number, paper = with_paper
    case = f"{BASE}/inquiry/{number}/"
    assert "占用許可書の写し" in client.get(case).content.decode()
    link = f"{case}returned/{paper.pk}/"
    assert client.get(link).status_code == 302  # the button, not the look, receives it
    answer = client.post(link)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    with acting_in(world.chiba):
        fetched = ReturnedPaper.objects.get(pk=paper.pk).fetched_at
        assert fetched is not None
    assert client.get(link).status_code == 200  # again, as often as one likes
    assert "もう一度受け取る" in client.get(case).content.decode()
    with clock.at(clock.now() + timedelta(days=11)):
        client.post(f"{BASE}/inquiry/", {"number": number, "secret": _secret(client)})
        over = client.get(link)
        assert over.status_code in (302, 410)
    assert Client().get(link).status_code == 302
    assert client.get(f"{case}returned/{paper.pk + 1}/").status_code == 404


def _secret(client: Client) -> str:
    return "AAAAA22222"


def test_C27_an_expired_paper_says_until_when_and_whom_to_ask(
    world: Any, client: Client, with_paper: tuple[str, ReturnedPaper]
) -> None:
    number, paper = with_paper
    with acting_in(world.chiba) as now:
        ReturnedPaper.objects.filter(pk=paper.pk).update(fetch_until=clock.today(now) - timedelta(days=1))
    case = f"{BASE}/inquiry/{number}/"
    assert "期限切れ" in client.get(case).content.decode()
    for answer in (client.get(f"{case}returned/{paper.pk}/"), client.post(f"{case}returned/{paper.pk}/")):
        assert answer.status_code == 410 and "自転車政策課" in answer.content.decode()
    with acting_in(world.chiba):
        assert ReturnedPaper.objects.get(pk=paper.pk).fetched_at is None


def test_C27_a_paper_still_being_examined_cannot_be_fetched(
    world: Any, client: Client, with_paper: tuple[str, ReturnedPaper]
) -> None:
    number, paper = with_paper
    with acting_in(world.chiba):
        Upload.objects.filter(pk=paper.upload_id).update(state=Upload.State.QUARANTINED)
    assert "ファイルを確認しています" in client.get(f"{BASE}/inquiry/{number}/").content.decode()
    answer = client.post(f"{BASE}/inquiry/{number}/returned/{paper.pk}/")
    assert answer.status_code in (403, 409)


PHOTO = [{"id": "photo", "kind": "photo", "label": "写真", "max_count": 2}]


def _arrive(client: Client, address: str, content: bytes, cut: int) -> str:
    """Send a file in two pieces, asking in between how far it came; its token."""
    name = base64.b64encode("大きな写真.jpg".encode()).decode()
    begun = client.post(
        address, headers={"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"}
    )
    assert begun.status_code == 201, begun.content.decode()
    place = begun["Location"]

    def piece(offset: int, part: bytes) -> Any:
        return client.patch(
            place,
            part,
            content_type="application/offset+octet-stream",
            headers={"Upload-Offset": str(offset)},
        )

    assert piece(0, content[:cut]).status_code in (200, 204)
    assert client.head(place)["Upload-Offset"] == str(cut)
    assert piece(0, content[:cut]).status_code == 409  # the piece again is not written twice
    assert piece(cut, content[cut:]).status_code in (200, 204)
    return str(place.rstrip("/").rpartition("/")[2])


def test_C27_a_file_in_pieces_is_attached_under_its_field(world: Any, client: Client) -> None:
    procedure_of(world, "pieces", doc=document("pieces", fields=PHOTO))
    step = begin(client, "pieces").replace("/check/", "/pages/who/")
    page = client.get(step).content.decode()
    assert 'data-resumable="/chiba-shi/drafts/' in page
    content = picture(width=1200, height=900).read()
    token = _arrive(client, step.replace("/pages/who/", "/files/photo/"), content, 1000)
    assert client.post(step, {**PERSON, "attach": "photo", "file_photo.resumed": token}).status_code == 302
    with acting_in(world.chiba):
        one = Attachment.objects.get(draft__procedure__code="pieces")
        assert (one.width_px, one.height_px, one.upload.size) == (1200, 900, len(content))
        assert one.name == "大きな写真.jpg"
    assert "大きな写真.jpg" in client.get(step).content.decode()
    # a kind of file that the field does not take is refused when it begins
    html = base64.b64encode(b"x.jpg").decode()
    wrong = client.post(
        step.replace("/pages/who/", "/files/photo/"),
        headers={"Upload-Length": "999999999", "Upload-Metadata": f"filename {html}"},
    )
    assert wrong.status_code == 422
    for foreign in ("name", "nothing"):
        assert client.post(step.replace("/pages/who/", f"/files/{foreign}/")).status_code == 404


def test_C27_all_files_of_an_application_together_are_bounded(
    world: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure_of(world, "bounded", doc=document("bounded", fields=PHOTO))
    monkeypatch.setattr(papers, "MOST_TOTAL_BYTES", picture(width=900).size * 3 // 2)
    door = f"{BASE}/applications/bounded/new/"
    first = client.get(door).content.decode()
    page = client.post(
        door, {"token": token_in(first), **PERSON, "attach": "photo", "file_photo": picture(width=900)}
    )
    step = page["Location"]
    more = client.post(step, {**PERSON, "attach": "photo", "file_photo": picture(width=900)})
    assert more.status_code == 422 and "添付の合計は" in more.content.decode()
    with acting_in(world.chiba):
        assert Attachment.objects.filter(draft__procedure__code="bounded").count() == 1


def test_C27_the_journey_asks_few_questions_of_the_database(world: Any, client: Client) -> None:
    """GET the form, POST it, GET the check page, POST the submission, GET the receipt. In a test a request's
    transaction is a savepoint: three statements of each are its own (begin, end of the wall, release)."""
    procedure_of(world, "cost")
    begin(client, "cost")  # what a process keeps of the procedure is there from the second visitor on
    counts = []

    def asked(act: Any) -> Any:
        with CaptureQueriesContext(connection) as captured:
            answer = act()
        counts.append(len(captured) - 3)
        return answer

    door = f"{BASE}/applications/cost/new/"
    first = asked(lambda: client.get(door))
    token = token_in(first.content.decode())
    check = asked(lambda: client.post(door, {"token": token, **PERSON}))["Location"]
    asked(lambda: client.get(check))
    done = asked(lambda: client.post(check))["Location"]
    asked(lambda: client.get(done))
    # body and wall · + procedure · + draft, two deeds, answers · + draft · + draft again under lock, number,
    # office days (2), application, history, draft closed, message, deed, webhooks, savepoint (2) · + draft, application
    assert counts[0] == 2 and counts[1] == 6 and counts[2] == 2 and counts[4] == 3, counts
    assert counts[3] <= 14, counts
    with acting_in(world.chiba):
        assert Draft.objects.filter(procedure__code="cost", application__isnull=False).count() == 1
