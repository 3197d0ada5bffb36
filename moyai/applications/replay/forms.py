"""The procedures of a replayed year: names like those of councils, and four forms they are made from."""

from __future__ import annotations

import random
from typing import Any

from moyai.applications.replay.people import person

SECTIONS = (
    "市民課",
    "税務課",
    "福祉課",
    "こども課",
    "環境課",
    "総務課",
    "教育委員会",
    "消防本部",
    "水道課",
    "職員課",
)
# Share of procedures and of applications that each form has, in parts.
FORMS = {"notice": 40, "event": 25, "survey": 15, "permit": 20}
NAMES = {
    "notice": (
        "転居に伴う届出",
        "口座振替の変更届",
        "犬の登録事項変更届",
        "給水の開始届",
        "児童手当の現況届",
        "納税証明の請求",
    ),
    "event": (
        "市民講座の申込み",
        "親子教室の申込み",
        "健康診査の申込み",
        "スポーツ大会の申込み",
        "図書館講座の申込み",
    ),
    "survey": ("市政に関する意見", "講座のアンケート", "施設のアンケート", "ホームページのアンケート"),
    "permit": (
        "後援名義の使用申請",
        "行政文書の開示請求",
        "職員採用試験の申込み",
        "道路占用の申請",
        "補助金の交付申請",
    ),
}
REVIEWED = frozenset({"notice", "permit"})


def _field(name: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "label": label, "required": True, **more}


def _options(*labels: str) -> list[dict[str, str]]:
    return [{"value": f"c{place}", "label": label} for place, label in enumerate(labels, 1)]


WHO = [
    _field("name", "name", "氏名"),
    _field("kana", "kana", "氏名（フリガナ）"),
    _field("born_on", "date", "生年月日"),
    _field("address", "address", "住所"),
    _field("phone", "phone", "電話番号"),
]
APPLICANT = {"name": "name", "kana": "kana", "phone": "phone", "address": "address", "born_on": "born_on"}


def document(form: str, *, code: str, title: str) -> dict[str, Any]:
    """A form edition of one of the four forms."""
    about = {
        "notice": [
            _field("reason", "single_choice", "届出の理由", options=_options("転居", "変更", "そのほか")),
            _field("detail", "text", "理由の内容", show_if={"eq": [{"field": "reason"}, "c3"]}),
            _field("changed_on", "date", "変わった日"),
            _field("proxy", "yes_no", "代理の方による届出ですか"),
            _field("proxy_name", "name", "代理の方の氏名", show_if={"field": "proxy"}),
        ],
        "event": [
            _field("session", "single_choice", "参加する回", options=_options("第1回", "第2回", "第3回")),
            _field("people", "number", "参加する人数", min=1, max=5),
            _field("care", "textarea", "配慮が必要なこと", required=False, max_length=400),
        ],
        "permit": [
            _field("subject", "text", "件名"),
            _field("text", "textarea", "申請の内容", max_length=1000),
            _field("from_on", "date", "始まりの日"),
            _field("agreed", "consent", "注意事項", text="申請の内容に変わりがあったときは、届け出ます。"),
        ],
    }
    survey = [
        _field(
            "age",
            "single_choice",
            "年代",
            options=_options("10代以下", "20代", "30代", "40代", "50代", "60代以上"),
        ),
        _field("content", "single_choice", "満足度", options=_options("満足", "ふつう", "不満")),
        _field("why", "textarea", "不満の理由", max_length=400, show_if={"eq": [{"field": "content"}, "c3"]}),
        _field("wish", "textarea", "ご意見", required=False, max_length=800),
    ]
    made: dict[str, Any] = {"schema_version": 1, "procedure": code, "title": title}
    if form == "survey":
        return made | {"pages": [{"id": "survey", "title": "アンケート", "fields": survey}]}
    return made | {
        "applicant": APPLICANT,
        "pages": [
            {"id": "who", "title": "申し込む方", "fields": WHO},
            {"id": "what", "title": "申込みの内容", "fields": about[form]},
        ],
    }


def answers(form: str, dice: random.Random) -> dict[str, Any]:
    """What one applicant answers."""
    day = f"2017-{dice.randint(4, 12):02d}-{dice.randint(1, 28):02d}"
    if form == "survey":
        content = dice.choice(("c1", "c1", "c2", "c3"))
        said: dict[str, Any] = {"age": f"c{dice.randint(1, 6)}", "content": content}
        return said | ({"why": "待ち時間が長かったです。"} if content == "c3" else {})
    who = person(dice)
    if form == "event":
        return who | {"session": f"c{dice.randint(1, 3)}", "people": dice.randint(1, 4)}
    if form == "permit":
        return who | {
            "subject": "地域の催しについて",
            "text": "催しを行うため申請します。",
            "from_on": day,
            "agreed": True,
        }
    proxy = dice.random() < 0.1
    return who | {
        "reason": dice.choice(("c1", "c2")),
        "changed_on": day,
        "proxy": proxy,
        **({"proxy_name": person(dice)["name"]} if proxy else {}),
    }


def procedures(count: int, seed: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(form, code, facts) of each 手続 of a body."""
    dice = random.Random(seed)  # noqa: S311
    made = []
    for number in range(1, count + 1):
        form = dice.choices(list(FORMS), weights=list(FORMS.values()))[0]
        title = f"{dice.choice(NAMES[form])}（{number}）"
        facts = {
            "title": title,
            "summary": f"{title}の手続きです。",
            "category": {
                "notice": "くらし・環境",
                "event": "講座・催し",
                "survey": "ご意見・アンケート",
                "permit": "しごと・事業",
            }[
                form
            ],
            "section": dice.choice(SECTIONS),
            "needs_review": form in REVIEWED,
            "issues_letter": False,
            "processing_days": dice.choice((5, 7, 10, 14)),
            "identity": "none" if form == "survey" else "contact",
            "appeal": "ordinary" if form == "permit" else "none",
        }
        made.append((form, f"r-{number}", facts))
    return made
