"""様式を表から — a form out of rows: page, kind, label, required, options, condition, hint. Pure.

A row whose page is empty stands on the page of the row before. A condition is written as in the builder, or 「項目＝答え」.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from moyai.applications.building import formulas, shape
from moyai.applications.building.settings import options_of, starting
from moyai.applications.rules import KINDS

# The columns by what their head may be called.
HEADS = {
    "page": ("ページ", "page"),
    "kind": ("種類", "kind"),
    "label": ("質問", "見出し", "label"),
    "required": ("必須", "required"),
    "options": ("選択肢", "options"),
    "condition": ("条件", "condition"),
    "hint": ("補足", "hint"),
}
YES = ("○", "◯", "必須", "はい", "1", "true", "TRUE", "yes")
NO = ("", "×", "任意", "いいえ", "0", "false", "FALSE", "no")


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that cannot be taken: its number in the sheet, the column's head, why (`code`), and what stood there."""

    row: int
    column: str
    code: str
    value: str = ""


@dataclass(slots=True)
class Sheet:
    """What the rows come to: the document, and every row's error. With errors the document is not whole."""

    document: dict[str, Any]
    errors: list[RowError] = field(default_factory=list)


def form_of(rows: Sequence[Sequence[str]], *, code: str, title: str) -> Sheet:
    """The rows as a form; the first row names the columns."""
    made = Sheet(shape.blank(code=code, title=title))
    columns = _columns(rows[0] if rows else ())
    for needed in ("kind", "label"):
        if needed not in columns:
            made.errors.append(RowError(1, HEADS[needed][0], "no_column"))
    if made.errors:
        return made
    page = ""
    for number, row in enumerate(rows[1:], 2):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        if not any(cells.values()):
            continue
        if cells.get("page") and cells["page"] != page:
            page = cells["page"]
            made.document = shape.add_page(made.document, title=page[:200])
        elif not made.document["pages"]:
            made.document = shape.add_page(made.document, title=title[:200])
        _add(made, number, cells)
    if not made.document["pages"] and not made.errors:
        made.errors.append(RowError(2, HEADS["label"][0], "no_rows"))
    return made


def _columns(head: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(head):
        for name, words in HEADS.items():
            if cell.strip() in words and name not in found:
                found[name] = at
    return found


def _add(made: Sheet, number: int, cells: dict[str, str]) -> None:
    def wrong(column: str, why: str) -> None:
        made.errors.append(RowError(number, HEADS[column][0], why, cells.get(column, "")[:60]))

    kind = next((name for name, one in KINDS.items() if cells["kind"] in (name, one.ja)), "")
    if not kind:
        wrong("kind", "no_kind")
        return
    if not cells["label"] or len(cells["label"]) > 200:
        wrong("label", "no_label")
        return
    given: dict[str, Any] = {"hint": cells["hint"][:1_000]} if cells.get("hint") else {}
    required = cells.get("required", "")
    if required not in (*YES, *NO):
        wrong("required", "not_yes_no")
    elif KINDS[kind].can_be_optional and kind != "consent":
        given["required"] = required in YES
    options = "\n".join(cells.get("options", "").replace("／", "\n").splitlines())
    if "options" in KINDS[kind].settings:
        if not options.strip():
            wrong("options", "no_options")
        else:
            given["options"] = options_of(options)
    elif options.strip():
        wrong("options", "needless_options")
    if cells.get("condition"):
        try:
            given["show_if"] = _condition(cells["condition"], made.document)
        except (formulas.FormulaWrong, shape.NoSuchPart):
            wrong("condition", "no_condition")
    page = made.document["pages"][-1]["id"]
    made.document = shape.add_field(
        made.document, place=f"page:{page}", field=starting(kind, label=cells["label"], given=given)
    )


def _condition(text: str, document: dict[str, Any]) -> Any:
    """A condition in the builder's words; 項目＝答え stands for the simple one. Raises FormulaWrong, NoSuchPart."""
    if not any(sign in text for sign in "「（("):
        name, _sign, answer = text.replace("=", "＝").partition("＝")
        named = [one["id"] for one in shape.fields_of(document) if one.get("label") == name.strip()]
        if len(named) == 1 and answer.strip():
            return shape.condition(document, field_id=named[0], words=answer)
        raise shape.NoSuchPart(text)
    return formulas.read(text, document)
