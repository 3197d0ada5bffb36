"""確認の要否 on pages: what the desk tells at once of a case that is about an amount."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from moyai.operations.actions.case_rows import review_of
from moyai.operations.asking import tried
from moyai.operations.forms.desk import NewCaseForm
from moyai.operations.models import Case, Kind
from moyai.operations.words import review_limit


def review_answer(form: NewCaseForm) -> dict[str, Any] | None:
    """必要 or 不要 of what was typed, before anything is sent; None where the form says what is missing."""
    given = form.chosen()
    kind = given["kind"]
    found = tried(form, lambda: (review_of(kind, given["procurement"], given["amount_yen"]),))
    if found is None:
        return None
    (answer,) = found
    if answer is None:
        return {"kind": "info", "title": _("%(kind)sに、確認の要否はありません。") % {"kind": kind.name}}
    return {
        "kind": "attention" if answer.due else "info",
        "title": _said(kind, due=answer.due),
        "text": review_limit(answer.limit_yen),
    }


def review_words(case: Case) -> str:
    """What the message says of a case that has just come; nothing where its kind has no limits."""
    return "" if case.review_due is None else _said(case.kind, due=case.review_due)


def _said(kind: Kind, *, due: bool) -> str:
    words = _("%(kind)sは必要です。") if due else _("%(kind)sは不要です。")
    return words % {"kind": kind.name}
