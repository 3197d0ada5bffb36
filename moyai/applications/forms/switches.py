"""手続きの扱い方 — every switch of a procedure in groups, in the words of who keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.applications.letters import letters_known
from moyai.applications.models import Procedure
from moyai.ui.public import Form, WholeNumberField

ROUTE_KINDS: Final = {"決裁": "approve", "合議": "consult", "外部協議": "outside"}
# The groups in which the switches are shown; those of the page of the procedure's words come first.
GROUPS: Final = (
    (_("だれが申し込むか"), ("identity", "signature", "mandate_allowed", "record_needed", "copies_previous")),
    (_("審査と決裁"), ("needs_review", "processing_days", "processing_calendar", "extend_days", "correction_days", "route",
                        "case_number_kind")),
    (_("手数料"), ("charge_when", "pay_within_days", "unpaid_lapses", "paid_completes")),
    (_("文書"), ("issues_letter", "letter_on_accept", "letter_kind", "return_days", "appeal")),
    (_("前後の手続き"), ("parent_code", "follow_code", "follow_days")),
    (_("保存"), ("draft_days", "keep_years", "keep_from", "shares_answers")),
)  # fmt: skip


class SwitchesForm(Form):
    """手続きの扱い方."""

    signature = forms.ChoiceField(
        label=_("電子署名"), choices=Procedure.Signature.choices, widget=forms.RadioSelect
    )
    mandate_allowed = forms.BooleanField(label=_("委任による代理の申込みを受ける"), required=False)
    record_needed = forms.BooleanField(
        label=_("事前登録した方だけが申し込める（確認書番号）"), required=False
    )
    copies_previous = forms.BooleanField(label=_("前回の申込みを写せる"), required=False)
    parent_code = forms.CharField(
        label=_("先の申請の手続コード"),
        required=False,
        max_length=40,
        help_text=_("実績報告のように、前の申請から続く手続きで使います。"),
    )
    follow_code = forms.CharField(
        label=_("あとに続く手続コード"), required=False, max_length=40, help_text=_("例：実績報告、着手届")
    )
    follow_days = WholeNumberField(
        label=_("決定から何日後に知らせるか"),
        low=0,
        high=3650,
        widget=forms.TextInput(attrs={"data-suffix": _("日")}),
    )
    charge_when = forms.ChoiceField(
        label=_("手数料を求めるとき"), choices=Procedure.ChargeWhen.choices, widget=forms.RadioSelect
    )
    pay_within_days = WholeNumberField(
        label=_("支払いの期限"), low=0, high=365, widget=forms.TextInput(attrs={"data-suffix": _("日")})
    )
    unpaid_lapses = forms.BooleanField(
        label=_("期限までに支払いがなければ、申込みを取り消す"),
        required=False,
        help_text=_("枠は次の方に戻ります。"),
    )
    paid_completes = forms.BooleanField(label=_("支払いで手続きを完了にする"), required=False)
    case_number_kind = forms.CharField(
        label=_("受理のときに付ける番号の名前"), required=False, max_length=20, help_text=_("例：受験番号")
    )
    letter_on_accept = forms.ChoiceField(label=_("受理のときに渡す文書"), required=False)
    letter_kind = forms.ChoiceField(label=_("決定の文書"), required=False)
    return_days = WholeNumberField(
        label=_("交付文書を受け取れる期間"),
        low=1,
        high=3650,
        widget=forms.TextInput(attrs={"data-suffix": _("日")}),
    )
    route = forms.CharField(
        label=_("決裁の経路"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "1行に1段：順番,名前,決裁・合議・外部協議,課,日数。同じ順番は同時に回します。最後は決裁1つです。"
        ),
    )
    correction_days = WholeNumberField(
        label=_("補正の期限"), low=1, high=365, widget=forms.TextInput(attrs={"data-suffix": _("日")})
    )
    extend_days = WholeNumberField(
        label=_("延長できる日数"),
        low=0,
        high=365,
        widget=forms.TextInput(attrs={"data-suffix": _("日")}),
        help_text=_("0のときは延長できません。"),
    )
    draft_days = WholeNumberField(
        label=_("下書きを残す日数"), low=1, high=365, widget=forms.TextInput(attrs={"data-suffix": _("日")})
    )
    keep_years = WholeNumberField(
        label=_("保存期間"), low=0, high=100, widget=forms.TextInput(attrs={"data-suffix": _("年")})
    )
    keep_from = forms.ChoiceField(
        label=_("保存期間の起算"), choices=Procedure.KeepFrom.choices, widget=forms.RadioSelect
    )
    shares_answers = forms.BooleanField(
        label=_("答えの数を協議会の集計に出す"),
        required=False,
        help_text=_("アンケートで使います。個人は含みません。"),
    )

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        known = {name: getattr(procedure, name) for name in self.base_fields}
        kwargs.setdefault("initial", known | {"route": route_lines(procedure.route)})
        super().__init__(*args, **kwargs)
        for name in ("letter_on_accept", "letter_kind"):
            choices = [("", _("渡さない")), *letters_known()]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        order = [name for _title, names in GROUPS for name in names]
        self.order_fields(order)

    def clean_route(self) -> list[dict[str, Any]]:
        """決裁の経路 — the lines as steps; whether the way can be gone is the action's to say."""
        steps: list[dict[str, Any]] = []
        for number, line in enumerate(self.cleaned_data["route"].splitlines(), 1):
            if not line.strip():
                continue
            parts = [part.strip() for part in line.replace("，", ",").replace("、", ",").split(",")]
            kind = ROUTE_KINDS.get(parts[2]) if len(parts) == 5 else None
            if kind is None or not parts[0].isdecimal() or not parts[4].isdecimal() or not parts[1]:
                raise forms.ValidationError(
                    gettext("%(row)s行目を「順番,名前,種類,課,日数」の形にしてください。") % {"row": number}
                )
            steps.append(
                {
                    "position": int(parts[0]),
                    "name": parts[1],
                    "kind": kind,
                    "section": parts[3],
                    "days": int(parts[4]),
                }
            )
        return steps

    def facts(self) -> Mapping[str, Any]:
        """What `edit_procedure` takes."""
        return dict(self.cleaned_data)


def route_lines(route: list[dict[str, Any]]) -> str:
    """A route as it is edited, a line for each step."""
    return "\n".join(
        ",".join(
            (
                str(one["position"]),
                one["name"],
                next(words for words, kind in ROUTE_KINDS.items() if kind == one["kind"]),
                one.get("section", ""),
                str(one.get("days", 0)),
            )
        )
        for one in route
    )
