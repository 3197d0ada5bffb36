"""The forms that are measured: twenty fields on one page as a 簡易申請 has them, and three hundred on ten pages."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]
OPTIONS = [{"value": f"v{number}", "label": f"選択肢{number}"} for number in range(5)]
FACTS = {
    "title": "二十項目の申請",
    "summary": "速さを測るための申請です。",
    "category": "測定",
    "section": "測定課",
    "needs_review": True,
    "issues_letter": False,
    "identity": "contact",
    "processing_days": 5,
    "processing_calendar": "office",
    "appeal": "none",
}


def twenty_fields() -> Document:
    """One page, twenty questions, most required."""
    fields = [
        {"id": "name", "kind": "name", "label": "氏名", "required": True},
        {"id": "kana", "kind": "kana", "label": "フリガナ", "required": True},
        {"id": "born_on", "kind": "date", "label": "生年月日", "required": True},
        {"id": "postal", "kind": "postal_code", "label": "郵便番号", "required": True},
        {"id": "phone", "kind": "phone", "label": "電話番号", "required": True},
        {"id": "mail", "kind": "mail", "label": "メールアドレス"},
        *({"id": f"t{n}", "kind": "text", "label": f"記入{n}", "required": n < 5} for n in range(7)),
        {"id": "why", "kind": "textarea", "label": "理由", "required": True},
        {"id": "more", "kind": "textarea", "label": "備考"},
        {"id": "one", "kind": "single_choice", "label": "種類", "required": True, "options": OPTIONS},
        {"id": "two", "kind": "single_choice", "label": "方法", "required": True, "options": OPTIONS},
        {"id": "some", "kind": "multiple_choice", "label": "希望", "options": OPTIONS},
        {"id": "count", "kind": "number", "label": "人数", "required": True},
        {"id": "agree", "kind": "yes_no", "label": "同意", "required": True},
    ]
    assert len(fields) == 20
    return {
        "schema_version": 1,
        "procedure": "bench",
        "title": "二十項目の申請",
        "applicant": {"name": "name", "kana": "kana", "born_on": "born_on", "phone": "phone", "mail": "mail"},
        "pages": [{"id": "all", "title": "内容", "fields": fields}],
    }


def twenty_answers(place: int) -> dict[str, Any]:
    return {
        "name": "測定　太郎",
        "kana": "ソクテイ　タロウ",
        "born_on": "1980-02-29",
        "postal": "260-0013",
        "phone": "043-245-5111",
        "mail": f"bench{place}@example.jp",
        **{f"t{n}": f"記入した内容{n}の{place}" for n in range(7)},
        "why": "引っ越したため、手続きが必要になりました。",
        "more": "",
        "one": "v1",
        "two": "v3",
        "some": ["v0", "v4"],
        "count": "3",
        "agree": "yes",
    }


def three_hundred_fields() -> Document:
    """Ten pages of thirty fields, with 65 conditions between them: the size other form engines are measured at."""
    pages, conditions = [], 0
    for page in range(10):
        fields: list[Document] = []
        for place in range(30):
            at = f"f{page}_{place}"
            kind = ("text", "number", "yes_no", "single_choice", "date", "phone")[place % 6]
            one: Document = {
                "id": at,
                "kind": kind,
                "label": f"質問{page}の{place}",
                "required": place % 2 == 0,
            }
            if kind == "single_choice":
                one["options"] = OPTIONS
            if conditions < 65 and place % 4 == 3:
                gate = f"f{page}_{place - place % 6 + 2}" if place % 6 > 2 else f"f{page}_2"
                one["show_if"] = {"eq": [{"field": gate}, True]}
                conditions += 1
            fields.append(one)
        pages.append({"id": f"p{page}", "title": f"頁{page}", "fields": fields})
    assert conditions == 65
    return {"schema_version": 1, "procedure": "bench", "title": "三百項目", "pages": pages}


def three_hundred_answers() -> dict[str, Any]:
    by_kind = {
        "text": "記入した内容",
        "number": "12",
        "yes_no": "yes",
        "single_choice": "v2",
        "date": "2026-04-01",
        "phone": "043-245-5111",
    }
    fields = [one for page in three_hundred_fields()["pages"] for one in page["fields"]]
    return {one["id"]: by_kind[one["kind"]] for one in fields}
