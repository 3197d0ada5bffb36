"""Forms of keeping, exports and kiosks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.applications import flow
from moyai.applications.actions.exports import FORMS
from moyai.applications.queries.exports import Wish
from moyai.calendars.public import WarekiPartsField
from moyai.ui.public import Form


class HoldForm(Form):
    """保留の理由."""

    reason = forms.CharField(
        label=_("保留する理由"),
        max_length=200,
        help_text=_("例：訴訟のため、監査のため、開示請求の対象のため"),
    )


class ProposeForm(Form):
    """いつまでに満了した申請を削除するか."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended_before"] = WarekiPartsField(
            label=_("保存期間の満了日"),
            help_text=_("この日より前に満了した申請を削除します。今日までの日付。例：令和8年4月1日"),
            required=True,
            today=today,
        )
        self.initial["ended_before"] = today


class ExportForm(Form):
    """書き出しの条件 — which applications, in which form, and what for."""

    def __init__(self, *args: Any, today: date, groups: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add = self.fields
        for name, label in (("since", _("受付日（から）")), ("until", _("受付日（まで）"))):
            add[name] = WarekiPartsField(label=label, help_text="", required=False, today=today)
        statuses = [
            (status, gettext(words.staff)) for status, words in flow.WORDS.items() if status != flow.DRAFT
        ]
        outcomes = [(outcome, gettext(words.staff)) for outcome, words in flow.OUTCOME_WORDS.items()]
        every = ("", gettext("すべて"))
        add["status"] = forms.ChoiceField(label=_("状態"), required=False, choices=[every, *statuses])
        add["outcome"] = forms.ChoiceField(label=_("決定"), required=False, choices=[every, *outcomes])
        if groups:
            beside = ("", gettext("横に並べる（1件の申請を1行）"))
            below = [
                (group, gettext("「%(label)s」を1件1行にする") % {"label": label})
                for group, label in groups.items()
            ]
            add["rows_of"] = forms.ChoiceField(
                label=_("くり返しの項目"), required=False, choices=[beside, *below]
            )
        add["form"] = forms.ChoiceField(
            label=_("ファイルの形"),
            choices=list(FORMS.items()),
            widget=forms.RadioSelect,
            help_text=_("シフトJISで書けない文字は〓とし、一覧を添えます。"),
        )
        add["blind"] = forms.BooleanField(
            label=_("個人が分かる項目を除く（ブラインド審査用）"), required=False
        )
        add["purpose"] = forms.CharField(label=_("使う目的"), max_length=200)

    def wish(self) -> Wish:
        got = self.cleaned_data
        return Wish(
            since=got.get("since"),
            until=got.get("until"),
            status=got.get("status", ""),
            outcome=got.get("outcome", ""),
            rows_of=got.get("rows_of", ""),
            blind=bool(got.get("blind")),
        )


class TransferForm(Form):
    """振込データ — who transfers, when, and which sum."""

    def __init__(
        self, *args: Any, today: date, accounts: dict[str, str], amounts: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        add = self.fields
        add["on"] = WarekiPartsField(label=_("振込指定日"), help_text="", required=True, today=today)
        add["code"] = forms.RegexField(
            r"^[0-9]{10}$", label=_("委託者コード"), help_text=_("銀行から知らされた10桁の数字")
        )
        add["name"] = forms.CharField(label=_("委託者名（カナ）"), max_length=40)
        add["bank"] = forms.RegexField(r"^[0-9]{4}$", label=_("振込元の銀行番号"), help_text=_("4桁の数字"))
        add["branch"] = forms.RegexField(r"^[0-9]{3}$", label=_("振込元の支店番号"), help_text=_("3桁の数字"))
        add["type"] = forms.ChoiceField(
            label=_("振込元の預金種目"), choices=[("ordinary", _("普通")), ("current", _("当座"))]
        )
        add["number"] = forms.RegexField(
            r"^[0-9]{1,7}$", label=_("振込元の口座番号"), help_text=_("7桁までの数字")
        )
        add["account"] = forms.ChoiceField(label=_("振込先の項目"), choices=list(accounts.items()))
        add["amount"] = forms.ChoiceField(
            label=_("金額の項目"), required=False, choices=[("", gettext("すべて同じ金額")), *amounts.items()]
        )
        add["fixed_yen"] = forms.IntegerField(
            label=_("すべて同じ場合の金額（円）"), required=False, min_value=1, max_value=9_999_999_999
        )
        add["again"] = forms.BooleanField(
            label=_("前に振込データに入れた申請も入れる"),
            help_text=_("銀行から戻ってきた振込をやり直すときに選びます。"),
            required=False,
        )
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < self.today:
            raise forms.ValidationError(gettext("今日より前の日は指定できません。"))
        return on

    def clean(self) -> dict[str, Any]:
        got = super().clean() or self.cleaned_data
        if not got.get("amount") and not got.get("fixed_yen"):
            self.add_error("fixed_yen", gettext("金額を入力するか、金額の項目を選んでください。"))
        return dict(got)


class KioskForm(Form):
    """会場の端末 — what it is called and how long it waits before it begins anew."""

    name = forms.CharField(label=_("名前"), max_length=60, help_text=_("例：市民まつり 本部テント"))
    idle_seconds = forms.IntegerField(
        label=_("操作がないとき、はじめに戻るまでの秒数"), min_value=15, max_value=600, initial=60
    )

    def __init__(self, *args: Any, procedures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = forms.ChoiceField(label=_("手続き"), choices=[("", _("選択してください")), *procedures])
        self.fields = {"procedure": chooser, **self.fields}
