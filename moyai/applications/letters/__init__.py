"""公文書の様式 — the letters of applications: <kind>.typ beside this file, named by `letter_kind` and `letter_on_accept`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

# kind → its name for staff; the title and words that stand on the paper are in LETTERS of actions/letters.py.
NAMES: Final = {
    "decision": _("決定通知書"),
    "admission": _("受験票"),
    "permit": _("許可書"),
    "disaster": _("罹災証明書"),
    "grant": _("補助金交付決定通知書"),
    "grant_final": _("補助金確定通知書"),
    "benefit": _("給付金支給決定通知書"),
    "approval": _("承認通知書"),
    "nursery": _("利用調整結果通知書"),
    "disclosure": _("開示決定等通知書"),
}


def letters_known() -> list[tuple[str, str]]:
    """(kind, name) of every letter, as a choice."""
    return [(kind, str(name)) for kind, name in NAMES.items()]
