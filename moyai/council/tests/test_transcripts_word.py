"""O08: a transcript that came as a Word document becomes draft minutes; what is no Word document, or a bomb, is refused."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from moyai.council.actions.minutes import import_transcript
from moyai.council.actions.papers import add_paper
from moyai.council.actions.refusing import RuleRefuses
from moyai.council.models import Meeting
from moyai.council.rules import word_files
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.transcripts import read_transcript
from moyai.council.tests.assembly import NOW, SECRETARY, Assembly
from moyai.tenants.public import clock

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
SAID = """
<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>議長：ただいまから</w:t></w:r>
<w:r><w:t xml:space="preserve">会議を開きます。 </w:t></w:r></w:p>
<w:p/>
<w:p><w:r><w:t>事務局：資料1を</w:t><w:br/><w:t>ご覧ください。</w:t></w:r>
<w:del><w:r><w:delText>消した言葉</w:delText></w:r></w:del></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>第1号議案</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>可決 &amp; 確定</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent><w:p><w:r><w:t>枠の中</w:t></w:r></w:p></w:txbxContent></mc:Choice>
<mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>枠の中</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>
"""
MINUTES = (
    "議長：ただいまから会議を開きます。\n事務局：資料1を\nご覧ください。\n第1号議案\n可決 & 確定\n枠の中"
)


def document(inside: str = SAID, *, head: str = "", space: str = W) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document xmlns:w="{space}" xmlns:mc="{MC}">'
        f"<w:body>{inside}</w:body></w:document>"
    )


def a_docx(xml: str | bytes | None = None, **more: str) -> bytes:
    """A Word document as Word packs it: content types, relations, the document."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("_rels/.rels", RELATIONS)
        packed.writestr("word/document.xml", document(**more) if xml is None else xml)
    return out.getvalue()


@pytest.fixture
def town(world):
    with clock.at(NOW):
        yield Assembly(world)


def test_O08_the_paragraphs_of_a_word_document_are_read_in_their_order():
    read = read_transcript("会議録.DOCX", a_docx())
    assert (read.text, read.sound_minutes, read.dropped) == (MINUTES, 0, 0)
    assert read_transcript("会議録.docx", a_docx(space=STRICT)).text == MINUTES


def test_O08_repetitions_of_silence_in_a_word_document_are_kept_once():
    silence = "<w:p><w:r><w:t>ご視聴ありがとうございました</w:t></w:r></w:p>" * 5
    read = read_transcript("会議録.docx", a_docx(inside=silence))
    assert (read.text, read.dropped) == ("ご視聴ありがとうございました", 4)


def _encrypted() -> bytes:
    content = bytearray(a_docx())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # general purpose flag, bit 0
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def _without_document() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


ENTITIES = '<!DOCTYPE d [<!ENTITY a "あああああ"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "パスワード"),
        (_encrypted(), "パスワード"),
        ("ただの文".encode(), "Wordの文書（.docx）として読めません"),
        (b"", "Wordの文書（.docx）として読めません"),
        (a_docx()[:-200], "Wordの文書（.docx）として読めません"),
        (_without_document(), "Wordの文書（.docx）として読めません"),
        (a_docx("<w:document"), "Wordの文書（.docx）として読めません"),
        (a_docx("<html><p>文</p></html>"), "Wordの文書（.docx）として読めません"),
        (a_docx(document(head=ENTITIES, inside="<w:p><w:r><w:t>&b;</w:t></w:r></w:p>")), "DOCTYPE"),
        (a_docx(document(head=OUTSIDE, inside="<w:p><w:r><w:t>&a;</w:t></w:r></w:p>")), "DOCTYPE"),
        (a_docx(document(head=ENTITIES).replace("UTF-8", "UTF-16").encode("utf-16")), "DOCTYPE"),
        (a_docx(inside="<w:p/>"), "1つもありません"),
    ],
)
def test_O08_what_is_no_word_document_is_refused_and_the_minutes_stay(town, content, said):
    meeting = town.called(mode="person")
    with pytest.raises(RuleRefuses, match=said) as refused:
        import_transcript(
            actor=SECRETARY, now=clock.now(), meeting=meeting, name="会議録.docx", content=content
        )
    assert list(refused.value.fields) == ["file"]
    assert Meeting.objects.get(pk=meeting.pk).minutes == ""


def test_O08_an_old_doc_is_named_as_such():
    with pytest.raises(Cannot, match=r"\.doc"):
        read_transcript("会議録.doc", b"\xd0\xcf\x11\xe0" + bytes(100))


def _lying_bomb(true_bytes: int) -> bytes:
    """Says in its directory that it is small; what comes out of it is not."""
    content = bytearray(a_docx(document(inside="<w:p/>" + " " * true_bytes)))
    at = content.rfind(b"PK\x01\x02")  # the document is the last entry
    content[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    local = content.rfind(b"PK\x03\x04")
    content[local + 22 : local + 26] = (1_000).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize("lies", [False, True])
def test_O08_a_document_that_swells_is_refused_before_it_is_read(monkeypatch, lies):
    monkeypatch.setattr(word_files, "MOST_XML", 100_000)
    swelling = document(inside="<w:p/>" + " " * 5_000_000)
    content = _lying_bomb(5_000_000) if lies else a_docx(swelling)
    assert len(content) < 20_000
    with pytest.raises(Cannot):
        word_files.paragraphs(content)


def test_O08_too_many_entries_are_refused(monkeypatch):
    monkeypatch.setattr(word_files, "MOST_ENTRIES", 2)
    with pytest.raises(Cannot, match="大きすぎます"):
        word_files.paragraphs(a_docx())


def test_O08_the_page_reads_a_word_document_and_says_what_is_wrong_beside_the_field(town, world, client_for):
    meeting = town.called(mode="person")
    client, page = client_for(world.secretary), f"/council/meetings/{meeting.pk}/minutes/import/"
    assert ".docx" in client.get(page).content.decode()
    facts = {"use": "", "sound_minutes": "", "saved_minutes": ""}
    answer = client.post(page, facts | {"file": SimpleUploadedFile("会議録.docx", b"PK\x03\x04broken")})
    assert answer.status_code == 422
    assert "Wordの文書（.docx）として読めません" in answer.content.decode()
    assert Meeting.objects.get(pk=meeting.pk).minutes == ""
    assert client.post(page, facts | {"file": SimpleUploadedFile("会議録.docx", a_docx())}).status_code == 302
    stored = Meeting.objects.get(pk=meeting.pk)
    assert (stored.minutes, stored.minutes_state) == (MINUTES, "draft")


def test_the_words_of_a_word_document_that_was_brought_as_a_paper_are_found(town):
    meeting = town.called(mode="person")
    paper = add_paper(
        actor=SECRETARY, now=clock.now(), meeting=meeting, title="議事録の写し",
        file=ContentFile(a_docx(), name="写し.docx"),
    )  # fmt: skip
    assert "第1号議案" in paper.text and "消した言葉" not in paper.text
