"""Letters: printed once, the same for ever, and nothing in a fact is read as markup."""

import io
from datetime import UTC, datetime, timedelta

import pypdf
import pytest

from moyai.audit.public import Deed
from moyai.documents import store
from moyai.documents.actions import letters as acts
from moyai.documents.actions import retention
from moyai.documents.jobs import make_letter
from moyai.documents.models import Letter
from moyai.documents.public import (
    LetterIssuedBefore,
    LetterNotReady,
    MissingGlyph,
    PaperGone,
    in_groups,
    issue_letter,
    letter_ready,
    serve_letter,
    set_as_picture,
    set_in_type,
)
from moyai.documents.rules.codes import new_code, read_code
from moyai.documents.rules.glyphs import letter_glyphs, missing
from moyai.tenants.public import Actor

AT = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    settings.MOYAI_URL = "https://moyai.example"


def facts(**more):
    return {
        "subject": "犬の登録の申請に対する決定について（通知）",
        "addressee": {
            "postal_code": "260-0013",
            "address": "千葉市中央区中央1丁目2番3号\n葛󠄀飾ハイツ201",
            "name": "辻󠄀 𠮷髙﨑子",
        },
        "sender": {"title": "千葉市長", "name": "千葉 太郎"},
        "body": ["令和8年3月25日に申請のあった犬の登録は、認めないことに決定しました。"],
        "record": [
            {"label": "申請の種類", "value": "犬の登録"},
            {"label": "手数料", "items": [{"label": "登録", "value": "金3,000円"}]},
        ],
        "reasons": [{"text": "注射済証の写しがありませんでした。", "basis": "狂犬病予防法第4条第1項"}],
        "appeal": ["この決定を知った日の翌日から3か月以内に、千葉市長に審査請求ができます。"],
        "contact": {"section": "千葉市 生活衛生課", "phone": "043-245-5111"},
        **more,
    }


def text_of(pdf):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def about(thing):
    return Letter.objects.filter(thing_kind=thing._meta.label_lower, thing_id=thing.pk)


def last_number(fiscal_year):
    found = Letter.objects.filter(fiscal_year=fiscal_year).order_by("number").last()
    return found.number if found else 0


def printed(letter):
    return store.path_of(letter.body_id, letter.key).read_bytes()


@pytest.fixture
def clerk(world):
    return world.actor(world.at_chiba.clerk, world.chiba)


@pytest.fixture
def issued(world, in_chiba, clerk):
    return issue_letter(
        actor=clerk, now=AT, kind="documents.letter", facts=facts(), thing=world.at_chiba.clerk
    )


def test_letter_reads_in_the_order_of_an_official_letter(issued):
    make_letter(letter_id=issued.pk, now=AT)
    issued.refresh_from_db()
    assert issued.state == "ready"
    text = text_of(printed(issued))
    order = [
        issued.number_text,
        "令和8年4月1日",
        "〒260-0013",
        "葛󠄀飾ハイツ201",
        "辻󠄀 𠮷髙﨑子",
        "千葉市長",
        "（公印省略）",
        "犬の登録の申請に対する決定について（通知）",
        "認めないことに決定しました",
        "記\n",
        "犬の登録",
        "(1)",
        "金3,000円",
        "以上",
        "理由",
        "狂犬病予防法第4条第1項",
        "教示",
        "審査請求ができます",
        "問い合わせ先",
        "043-245-5111",
        "https://moyai.example/chiba-shi/letters/",
        in_groups(issued.code),
    ]
    at = -1
    for words in order:
        found = text.find(words, at + 1)
        assert found > at, f"{words} is missing or out of order in:\n{text}"
        at = found


def test_letter_is_tagged_titled_japanese_and_carries_its_fonts():
    pdf = pypdf.PdfReader(io.BytesIO(set_in_type("documents.letter", facts=whole(), at=AT)))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"].startswith("ja")
    assert pdf.metadata.title == facts()["subject"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in pdf.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all(font.startswith(("NotoSerifJP", "NotoSansJP")) for font in fonts)


def whole(**more):
    return facts(
        number="千葉市第1号",
        dated="令和8年4月1日",
        from_name="千葉市",
        verify_url="https://moyai.example/x",
        verify_page="https://moyai.example/",
        verify_code="ABCD",
        **more,
    )


def test_facts_are_data_and_never_markup():
    hostile = [
        '#panic("x")',
        "*太字* _下線_ $x^2$ @ref <tag> \\ `raw`",
        '"); #read("/etc/passwd") //',
        "= 見出し",
    ]
    text = text_of(set_in_type("documents.letter", facts=whole(body=hostile), at=AT))
    for line in hostile:
        assert "".join(line.split()) in "".join(text.split())


def test_long_letter_runs_over_pages_with_their_numbers():
    pdf = pypdf.PdfReader(
        io.BytesIO(set_in_type("documents.letter", facts=whole(body=["長い本文です。" * 40] * 20), at=AT))
    )
    assert len(pdf.pages) > 2
    assert f"1 ／ {len(pdf.pages)}" in pdf.pages[0].extract_text()


def test_picture_of_a_letter_is_a_png():
    assert set_as_picture("documents.letter", facts=whole(), at=AT).startswith(b"\x89PNG")


def test_letter_with_a_character_no_font_has_is_not_issued(world, in_chiba, clerk):
    before = last_number(2026)
    for name, number in (
        ("\U00031350 花子", "U+31350"),
        ("葛\U000e01ee", "U+845B U+E01EE"),
        ("😀", "U+1F600"),
    ):
        with pytest.raises(MissingGlyph) as refused:
            issue_letter(
                actor=clerk,
                now=AT,
                kind="documents.letter",
                facts=facts(addressee={"name": name}),
                thing=world.at_chiba.clerk,
            )
        assert number in str(refused.value.message)
    assert not about(world.at_chiba.clerk).exists()
    first = issue_letter(
        actor=clerk, now=AT, kind="documents.letter", facts=facts(), thing=world.at_chiba.clerk
    )
    assert first.number == before + 1  # the refused ones took no number


def test_a_glyph_that_slips_through_fails_the_letter_and_prints_no_box(issued):
    Letter.objects.filter(pk=issued.pk).update(facts=issued.facts | {"body": ["\U00031350"]})
    make_letter(letter_id=issued.pk, now=AT)
    issued.refresh_from_db()
    assert (issued.state, issued.key) == ("failed", "")
    assert "U+31350" in issued.trouble
    assert list(store.files_of(issued.body_id)) == []


def test_typst_itself_refuses_a_missing_glyph():
    import typst

    with pytest.raises(typst.TypstError):
        set_in_type("documents.letter", facts=whole(body=["\U00031350"]), at=AT)


def test_variation_sequences_are_checked_as_pairs():
    glyphs = letter_glyphs()
    assert missing("葛\U000e0100 辻\U000e0100 𠮷髙﨑 ①㈱〜〒", glyphs) == []
    assert missing("あ\U000e0100", glyphs) == ["あ\U000e0100"]
    assert missing("\x00\u202e\ud800", glyphs) == ["\x00", "\u202e", "\ud800"]


def test_job_run_twice_makes_one_pdf(issued):
    make_letter(letter_id=issued.pk, now=AT)
    first = Letter.objects.get(pk=issued.pk)
    make_letter(letter_id=issued.pk, now=AT + timedelta(hours=1))
    again = Letter.objects.get(pk=issued.pk)
    assert (again.key, again.sha256, again.rendered_at) == (first.key, first.sha256, first.rendered_at)
    assert [key for _path, key, _at in store.files_of(issued.body_id)] == [first.key]
    assert Deed.objects.filter(verb="documents.render_letter", thing_id=issued.pk).count() == 1


def test_issuing_twice_gives_the_same_letter_and_other_facts_are_refused(world, issued, clerk):
    thing = world.at_chiba.clerk
    again = issue_letter(
        actor=clerk, now=AT + timedelta(days=400), kind="documents.letter", facts=facts(), thing=thing
    )
    assert again.pk == issued.pk
    with pytest.raises(LetterIssuedBefore):
        issue_letter(
            actor=clerk, now=AT, kind="documents.letter", facts=facts(body=["別の内容"]), thing=thing
        )
    assert about(thing).count() == 1
    second = issue_letter(
        actor=clerk,
        now=AT,
        kind="documents.letter",
        facts=facts(body=["別の内容"]),
        thing=thing,
        sequence=2,
        mark="千市民",
    )
    assert second.number_text == f"千市民第{issued.number + 1}号"


def test_reprint_is_the_first_print_and_a_new_print_is_the_same(issued, clerk):
    make_letter(letter_id=issued.pk, now=AT)
    issued.refresh_from_db()
    first = b"".join(serve_letter(actor=clerk, now=AT, letter=issued).streaming_content)
    again = b"".join(serve_letter(actor=clerk, now=AT, letter=issued).streaming_content)
    assert first == again == set_in_type(issued.kind, facts=issued.facts, at=issued.issued_at)
    assert Deed.objects.filter(verb="documents.fetch_letter", thing_id=issued.pk).count() == 2


def test_letter_is_not_served_before_it_is_ready_nor_to_another_body(world, issued, clerk):
    with pytest.raises(LetterNotReady):
        serve_letter(actor=clerk, now=AT, letter=issued)
    make_letter(letter_id=issued.pk, now=AT)
    issued.refresh_from_db()
    stranger = world.actor(world.at_matsudo.clerk, world.matsudo)
    with pytest.raises(Exception) as refused:
        serve_letter(actor=stranger, now=AT, letter=issued)
    assert refused.value.status == 404


def test_listener_hears_once_that_a_letter_is_ready(issued, monkeypatch):
    heard = []
    monkeypatch.setattr(letter_ready, "_ears", {})
    letter_ready.register("documents.letter", lambda letter, now: heard.append(letter.number))
    make_letter(letter_id=issued.pk, now=AT)
    make_letter(letter_id=issued.pk, now=AT)
    assert heard == [issued.number]


def test_purged_letter_leaves_a_tombstone(issued, world, django_capture_on_commit_callbacks):
    make_letter(letter_id=issued.pk, now=AT)
    administrator = world.actor(world.at_chiba.administrator, world.chiba)
    issued.refresh_from_db()
    retention.keep_papers_until(
        actor=administrator, now=AT, paper=issued, keep_until=AT.date() + timedelta(days=1)
    )
    system = Actor.system(world.chiba)
    assert retention.purge_past(actor=system, now=AT + timedelta(days=1)) == 0  # its last day
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.purge_past(actor=system, now=AT + timedelta(days=2)) == 1
    gone = Letter.objects.get(pk=issued.pk)
    assert (gone.state, gone.facts, gone.key) == ("purged", {}, "")
    assert gone.sha256 == issued.sha256
    assert list(store.files_of(world.chiba.pk)) == []
    with pytest.raises(PaperGone):
        serve_letter(actor=system, now=AT, letter=gone)
    assert retention.purge_past(actor=system, now=AT + timedelta(days=3)) == 0


def test_numbers_are_gapless_per_fiscal_year(world, in_chiba, clerk):
    def number(sequence, moment):
        return issue_letter(
            actor=clerk,
            now=moment,
            kind="documents.letter",
            facts=facts(),
            thing=world.at_chiba.clerk,
            sequence=sequence,
        ).number

    march = datetime(2026, 3, 31, 14, 59, tzinfo=UTC)
    april = datetime(2026, 3, 31, 15, 0, tzinfo=UTC)  # midnight in Japan
    old, new = last_number(2025), last_number(2026)
    given = [number(1, march), number(2, march), number(3, april), number(4, april)]
    assert given == [old + 1, old + 2, new + 1, new + 2]


def test_unknown_kind_is_a_mistake_and_paths_do_not_leave_the_letters():
    for kind in ("documents.nothing", "../documents.letter", "documents.../letter", "letter"):
        with pytest.raises(LookupError):
            acts.template_of(kind)


def test_code_is_read_as_people_type_it():
    code = new_code()
    assert len(code) == 16
    assert read_code(in_groups(code).lower().replace("-", "－ ")) == code


class TestVerificationPage:
    @pytest.fixture
    def ready(self, world, clerk):
        from moyai.tenants.public import acting_in

        with acting_in(world.chiba):
            letter = issue_letter(
                actor=clerk, now=AT, kind="documents.letter", facts=facts(), thing=world.at_chiba.clerk
            )
            make_letter(letter_id=letter.pk, now=AT)
            letter.refresh_from_db()
        return letter

    def test_anyone_learns_that_it_is_genuine_and_nothing_about_a_person(self, client, ready):
        answer = client.get(f"/chiba-shi/letters/{ready.code}/")
        shown = answer.content.decode()
        assert answer.status_code == 200
        for words in (ready.number_text, ready.sha256, "令和8年4月1日"):
            assert words in shown
        for secret in ("辻", "犬の登録", "中央1丁目"):
            assert secret not in shown

    def test_code_typed_with_hyphens_leads_there_and_a_wrong_one_says_so(self, client, ready):
        answer = client.get("/chiba-shi/letters/", {"code": in_groups(ready.code).lower()})
        assert (answer.status_code, answer["Location"]) == (302, f"/chiba-shi/letters/{ready.code}/")
        wrong = client.get("/chiba-shi/letters/", {"code": "A" * 16})
        assert wrong.status_code == 422
        assert "見つかりません" in wrong.content.decode()
        assert client.get(f"/chiba-shi/letters/{new_code()}/").status_code == 404

    def test_letter_of_another_body_is_not_found(self, client, ready):
        assert client.get(f"/matsudo-shi/letters/{ready.code}/").status_code == 404

    def test_file_is_compared_with_the_one_that_was_issued(self, client, ready):
        url = f"/chiba-shi/letters/{ready.code}/"
        original = printed(ready)
        same = client.post(url, {"file": io.BytesIO(original)})
        assert "一致しました" in same.content.decode()
        forged = client.post(url, {"file": io.BytesIO(original + b"\n")})
        assert "一致しません" in forged.content.decode()
