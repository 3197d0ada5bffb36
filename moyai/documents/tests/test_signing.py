"""Letters with an electronic signature: valid for everybody who trusts the authority, or not issued at all."""

import io
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from moyai.documents import signing
from moyai.documents.invariants import certificates_that_cannot_sign
from moyai.documents.jobs import make_letter, sign_again
from moyai.documents.public import LetterNotReady, issue_letter, serve_letter, set_in_type
from moyai.documents.tests.certificates import NOW, Authority
from moyai.documents.tests.test_letters import facts
from moyai.tenants.public import Actor, clock

AT = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    settings.MOYAI_URL = "https://moyai.example"
    settings.MOYAI_SIGNING_P12, settings.MOYAI_SIGNING_PASSWORD = {}, {}


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def configured(settings, authority, tmp_path):
    """Configure a certificate for a body ("" = the installation)."""

    def configure(code="", password="ひみつ", given="ひみつ", **more):
        path = authority.signer(tmp_path / f"signer{code}.p12", password=password, **more)
        settings.MOYAI_SIGNING_P12 = settings.MOYAI_SIGNING_P12 | {code: str(path)}
        settings.MOYAI_SIGNING_PASSWORD = settings.MOYAI_SIGNING_PASSWORD | {code: given}
        return path

    return configure


@pytest.fixture
def system(world, in_chiba):
    return Actor.system(world.chiba)


def issued(system, thing=None):
    letter = issue_letter(
        actor=system, now=AT, kind="documents.letter", facts=facts(), thing=thing or system.body
    )
    make_letter(letter_id=letter.pk, now=AT)
    letter.refresh_from_db()
    return letter


def content(system, letter):
    return b"".join(serve_letter(actor=system, now=AT, letter=letter).streaming_content)


def checked(pdf, authority, tmp_path):
    path = tmp_path / "authority.pem"
    path.write_bytes(authority.pem())
    trust = ValidationContext(trust_roots=[load_cert_from_pemder(str(path))], moment=AT, allow_fetching=False)
    (embedded,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(embedded, signer_validation_context=trust), embedded


def test_C27_letter_is_signed_over_the_whole_file_and_holds_for_who_trusts_the_authority(
    system, configured, authority, tmp_path
):
    configured()
    letter = issued(system)
    assert (letter.state, letter.signature["signer"]) == ("ready", "千葉市長")
    status, embedded = checked(content(system, letter), authority, tmp_path)
    assert status.valid and status.intact and status.trusted and status.bottom_line
    assert status.modification_level == ModificationLevel.NONE
    assert str(embedded.coverage).endswith("ENTIRE_FILE")
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert embedded.docmdp_level.name == "NO_CHANGES"


def test_attack_A13_a_changed_letter_is_seen(system, configured, authority, tmp_path):
    configured()
    pdf = content(system, issued(system))
    at = pdf.index(b"/Title")
    changed = pdf[: at + 8] + bytes([pdf[at + 8] ^ 1]) + pdf[at + 9 :]
    status, _embedded = checked(changed, authority, tmp_path)
    assert not status.intact and not status.bottom_line
    stranger = Authority("知らない認証局")
    status, _embedded = checked(pdf, stranger, tmp_path)
    assert status.intact and not status.trusted


def test_C27_signed_letter_keeps_its_tags_language_and_title(system, configured):
    configured()
    letter = issued(system)
    signed = pypdf.PdfReader(io.BytesIO(content(system, letter)))
    plain = pypdf.PdfReader(io.BytesIO(set_in_type(letter.kind, facts=letter.facts, at=letter.issued_at)))
    for reader in (signed, plain):
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"]
        assert b"pdfuaid" in root["/Metadata"].get_data()
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "".join(page.extract_text() for page in signed.pages) == "".join(
        page.extract_text() for page in plain.pages
    )
    hidden, off_page = 2, 0
    for page in signed.pages:
        for annotation in page.get("/Annots", []):
            widget = annotation.get_object()
            if widget["/Subtype"] == "/Widget":
                assert widget["/F"] & hidden and all(float(edge) <= off_page for edge in widget["/Rect"])
        assert not page.get("/Annots") or page["/Tabs"] == "/S"
    assert len(signed.pages) == len(plain.pages)


def test_C27_without_a_certificate_letters_are_as_before(system):
    letter = issued(system)
    assert (letter.state, letter.signature) == ("ready", {})
    assert content(system, letter) == set_in_type(letter.kind, facts=letter.facts, at=letter.issued_at)


@pytest.mark.parametrize(
    ("more", "trouble"),
    [
        ({"until": NOW - timedelta(days=1)}, "signing: the certificate expired on 2026-03-31"),
        ({"since": NOW + timedelta(days=1)}, "signing: the certificate is not valid before 2026-04-02"),
        ({"may_sign": False}, "signing: the certificate is not made for signatures"),
        ({"given": "ちがう"}, "signing: the file of the certificate or its password is wrong"),
    ],
    ids=["expired", "not yet", "not for signatures", "wrong password"],
)
def test_C27_a_certificate_that_cannot_sign_issues_nothing_and_says_why(system, configured, more, trouble):
    configured(**more)
    letter = issued(system)
    assert (letter.state, letter.trouble, letter.key, letter.signature) == ("failed", trouble, "", {})
    with pytest.raises(LetterNotReady):
        serve_letter(actor=system, now=AT, letter=letter)


def test_C27_another_certificate_lets_the_waiting_letters_out(system, configured, authority, tmp_path):
    path = configured(until=NOW - timedelta(days=1))
    letter = issued(system)
    assert letter.state == "failed"
    path.unlink()
    make_letter(letter_id=letter.pk, now=AT)
    letter.refresh_from_db()
    assert letter.trouble == "signing: the file of the certificate is not there"
    configured()
    from procrastinate.contrib.django.models import ProcrastinateJob

    jobs = ProcrastinateJob.objects.filter(task_name="documents.render_letter", args__letter_id=letter.pk)
    before = jobs.count()
    sign_again(body=system.body, now=AT)
    assert jobs.count() == before + 1
    make_letter(letter_id=letter.pk, now=AT)
    letter.refresh_from_db()
    assert (letter.state, letter.trouble) == ("ready", "")
    assert checked(content(system, letter), authority, tmp_path)[0].bottom_line


def test_C27_a_body_with_its_own_certificate_signs_with_it(world, system, configured):
    configured(common="協議会")
    configured(code=world.chiba.code, common="千葉市長職務代理者")
    assert issued(system).signature["signer"] == "千葉市長職務代理者"
    assert signing.usable(world.matsudo.code, AT).signer == "協議会"


def test_C27_whoever_checks_a_letter_reads_who_signed_it(world, configured, client):
    from moyai.tenants.public import acting_in

    configured()
    with acting_in(world.chiba):
        letter = issued(Actor.system(world.chiba))
        pdf = content(Actor.system(world.chiba), letter)
    where = f"/chiba-shi/letters/{letter.code}/"
    page = client.get(where).content.decode()
    for words in ("電子署名", "千葉市長", "もやい試験認証局", "署名した時、証明書は有効でした。"):
        assert words in page
    same = client.post(where, {"file": io.BytesIO(pdf)}).content.decode()
    assert "発行したものと同じです" in same
    assert (
        "発行したものと違います"
        in client.post(where, {"file": io.BytesIO(pdf[:-9] + b"%%EOF\n   ")}).content.decode()
    )


def test_C27_the_operator_is_told_before_a_certificate_ends(world, configured):
    assert certificates_that_cannot_sign() == []
    configured(code=world.chiba.code, until=NOW + timedelta(days=20))
    configured(until=NOW + timedelta(days=365))
    with clock.at(AT):
        assert certificates_that_cannot_sign() == ["団体121002の署名の証明書：2026-04-21に期限が切れます"]
        configured(given="ちがう")
        assert any("password is wrong" in fault for fault in certificates_that_cannot_sign())
    with clock.at(AT + timedelta(days=40)):
        assert any("expired" in fault for fault in certificates_that_cannot_sign())
