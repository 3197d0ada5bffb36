"""What the secretariat says of a body that is to join 施設予約: when, what was spent, and what is counted otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.calendars.public import DateBoxField
from moyai.tenants.public import Body
from moyai.ui.public import AmountField, Form, WholeNumberField

MOST_YEN: Final = 10**12
LINE: Final = re.compile(r"(?P<body>.+?)[\s:,、]+(?P<yen>\d[\d,]*)\s*円?")


class JoiningForm(Form):
    body = forms.ChoiceField(label=lazy("加入する団体"))
    joins_on = DateBoxField(label=lazy("加入する日"))
    contract_from = DateBoxField(label=lazy("共同利用の始まり"))
    months = WholeNumberField(label=lazy("共同利用の月数"), low=1, high=600, initial=120)
    cost_yen = AmountField(label=lazy("共通の初期費用"), limit_yen=MOST_YEN)
    own_yen = AmountField(
        label=lazy("固有の費用（移行・データ抽出）"), required=False, limit_yen=MOST_YEN, help_text=lazy("実費。空欄は0円です。")
    )  # fmt: skip
    monthly_yen = AmountField(
        label=lazy("共通の運用費（月額）"), required=False, limit_yen=MOST_YEN,
        help_text=lazy("入力すると、加入する月からの月額も計算します。"),
    )  # fmt: skip
    facilities = WholeNumberField(
        label=lazy("加入する団体の館数"), low=0, high=100_000, required=False, help_text=lazy("空欄なら、登録されている数です。")
    )  # fmt: skip
    users = WholeNumberField(
        label=lazy("加入する団体の登録利用者数"), low=0, high=100_000_000, required=False,
        help_text=lazy("空欄なら、登録されている数です。"),
    )  # fmt: skip
    paid = forms.CharField(
        label=lazy("これまでに負担した額"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=lazy("1行に1団体。例：千葉市 2,400,000。空欄なら、共通の初期費用を同じ割合で負担したとします。"),
    )  # fmt: skip

    def __init__(self, *args: Any, bodies: Sequence[Body], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["body"].choices = [("", _("選んでください")), *((one.code, one.name) for one in bodies)]
        for name in ("joins_on", "contract_from"):
            fields[name].today = today

    def paid_by(self, members: Sequence[Body]) -> Mapping[str, int]:
        """円 by code of body; none where nothing is said. What is wrong stands beside the field."""
        known = {name: one for one in members for name in (one.code, one.name)}
        found: dict[str, int] = {}
        wrong: list[str] = []
        for line in unicodedata.normalize("NFKC", self.cleaned_data["paid"]).splitlines():
            if not line.strip():
                continue
            match = LINE.fullmatch(line.strip())
            body = known.get(match["body"].strip()) if match else None
            if match is None:
                wrong.append(
                    _("「%(line)s」は、団体と金額の行ではありません。") % {"line": line.strip()[:40]}
                )
            elif body is None:
                wrong.append(
                    _("「%(name)s」は、いまの利用団体ではありません。") % {"name": match["body"].strip()[:40]}
                )
            elif body.code in found:
                wrong.append(_("「%(name)s」が2回あります。") % {"name": body.name})
            else:
                found[body.code] = int(match["yen"].replace(",", ""))
        missing = [one.name for one in members if one.code not in found]
        if found and missing and not wrong:
            wrong.append(_("%(names)sの額がありません。") % {"names": "、".join(missing[:5])})
        if found and not missing and not any(found.values()):
            wrong.append(_("負担した額がどの団体も0円です。"))
        for sentence in wrong:
            self.add_error("paid", sentence)
        return found
