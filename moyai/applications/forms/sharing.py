"""Forms of the shared catalogue."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.applications.forms.procedures import CODE
from moyai.ui.public import Form

LARGEST_SHEET = 5_000_000


class ShareForm(Form):
    """共有する."""

    words = forms.CharField(
        label=_("変わった点"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写した団体に伝わります。"),
    )


class CopyForm(Form):
    """写しをつくる."""

    code = forms.CharField(
        label=_("手続コード"),
        max_length=40,
        validators=[CODE],
        help_text=_("この団体のアドレスに使います。後から変えられません。"),
        widget=forms.TextInput(attrs={"data-width": "code", "spellcheck": "false", "autocomplete": "off"}),
    )


class SheetForm(Form):
    """表のファイル."""

    file = forms.FileField(
        label=_("XLSXかCSVのファイル"), help_text=_("5MBまで。今の下書きと置き換わります。")
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_SHEET:
            raise forms.ValidationError(_("5MB以下のファイルにしてください。"))
        return file
