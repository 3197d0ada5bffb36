"""公文書: each letter that a sample names is set in type from the answers of its own example."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from pypdf import PdfReader

from moyai.applications import catalogue
from moyai.applications.letters import NAMES
from moyai.applications.rules import UploadFact, answer, compile_edition, summary
from moyai.documents.typesetting import set_in_type, template_of
from moyai.tenants.public import clock

LETTERS = {
    "recruit": ("recruit-upper", "letter_on_accept", ["受験票", "上-0123", "スズキ　ミク"]),
    "senyo": ("senyo-scaffold", "letter_kind", ["道路占用許可書", "市道千葉線", "工事用足場", "34,560円"]),
    "risai": ("risai-photos", "letter_kind", ["罹災証明書", "地震", "屋根の瓦が落ち"]),
    "kyufu": ("kyufu-yucho", "letter_kind", ["給付金支給決定通知書", "30,000円"]),
    "koen": ("koen-good", "letter_kind", ["後援名義使用承認通知書", "海辺の清掃と観察会"]),
    "hoiku": ("hoiku-siblings", "letter_kind", ["利用調整結果通知書", "髙橋　桃", "髙橋　空"]),
    "kaiji": ("kaiji-person", "letter_kind", ["開示決定等通知書", "道路の補修計画"]),
    "hojo": ("hojo-two", "letter_kind", ["補助金交付決定通知書", "太陽光発電設備", "150,000円"]),
    "hojo-report": ("hojo-report-less", "letter_kind", ["補助金確定通知書", "100,000円"]),
}
AT = datetime(2026, 4, 10, 12, 0, tzinfo=clock.JST)


@pytest.mark.parametrize("code", LETTERS)
def test_letter_of_a_sample_says_what_was_asked_for(code: str) -> None:
    name, switch, wanted = LETTERS[code]
    example = catalogue.example(name)
    compiled = compile_edition(catalogue.document(code))
    result = answer(
        compiled,
        example["answers"],
        today=datetime.fromisoformat(example["today"]).date(),
        uploads={key: UploadFact(**one) for key, one in example.get("uploads", {}).items()},
        given=example.get("given"),
    )
    values = {
        row.path: row.value for section in summary(compiled, result.answers) for row in section.rows
    }
    facts = {
        "number": "千市第1号",
        "dated": "令和8年4月10日",
        "subject": "通知",
        "body": ["通知します。"],
        "addressee": {"name": "髙橋　﨑子"},
        "sender": {"title": "千葉市長"},
        "record": [{"label": "整理番号", "value": "1203-0000-0000"}],
        "case_number": "上-0123",
        "values": values,
    }
    made = set_in_type(f"applications.{catalogue.facts(code)[switch]}", facts=facts, at=AT)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    for words in wanted:
        assert words.replace("　", "") in text.replace("　", "").replace(" ", "").replace("\n", ""), words


def test_every_letter_that_a_sample_names_is_there_and_has_a_name() -> None:
    kinds = set(NAMES)
    for code in catalogue.CODES:
        said = catalogue.facts(code)
        kinds |= {said.get("letter_kind", "decision"), said.get("letter_on_accept", "")} - {""}
    assert kinds == set(NAMES)
    assert all(template_of(f"applications.{kind}").is_file() for kind in kinds)
