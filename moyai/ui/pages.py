"""The pages of the look itself: 表示設定, and the examples page `/ui/`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from moyai.ui import readings
from moyai.ui.examples import examples
from moyai.ui.forms import Form
from moyai.ui.responses import page

YEAR_SECONDS = 365 * 24 * 60 * 60
COOKIES = {"theme": "moyai_theme", "text": "moyai_text", "ruby": readings.COOKIE}


class DisplayForm(Form):
    theme = forms.ChoiceField(
        label=_("明るさ"),
        choices=[("auto", _("自動（端末の設定に合わせる）")), ("light", _("明るい")), ("dark", _("暗い"))],
        widget=forms.RadioSelect,
    )
    text = forms.ChoiceField(
        label=_("文字の大きさ"),
        choices=[("standard", _("標準")), ("large", _("大")), ("xlarge", _("特大"))],
        widget=forms.RadioSelect,
    )
    ruby = forms.ChoiceField(
        label=_("ふりがな"),
        help_text=_("やさしい日本語のページの、漢字の読み方です。"),
        choices=[("on", _("付ける")), ("off", _("付けない"))],
        widget=forms.RadioSelect,
    )
    back = forms.CharField(required=False, widget=forms.HiddenInput)


def _own_address(request: HttpRequest, address: str) -> str:
    """The page one came from, if it is one of ours; never a way out of the house."""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe and not address.startswith("//") else ""


def display(request: HttpRequest) -> HttpResponse:
    """表示設定 — light or dark, the size of text and the readings, kept in cookies of this device only."""
    came_from = _own_address(request, request.POST.get("back") or request.headers.get("Referer", ""))
    now = {
        "theme": request.COOKIES.get(COOKIES["theme"], "auto"),
        "text": request.COOKIES.get(COOKIES["text"], "standard"),
        "ruby": request.COOKIES.get(COOKIES["ruby"], "on"),
        "back": came_from,
    }
    form = DisplayForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        response: HttpResponse = HttpResponseRedirect(came_from or request.path)
        for name, cookie in COOKIES.items():
            response.set_cookie(
                cookie,
                form.cleaned_data[name],
                max_age=YEAR_SECONDS,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
        return response
    return page(request, "ui/display.html", {"back": came_from}, form=form)


def example_page(request: HttpRequest) -> HttpResponse:
    """Every component in all its states, in the colours asked for (`?theme=dark`, `?surface=office`)."""
    context: dict[str, Any] = examples()
    theme = request.GET.get("theme", "")
    context["force_theme"] = theme if theme in ("light", "dark") else ""
    office = request.GET.get("surface") == "office"
    context["layout"] = "ui/office.html" if office else "ui/portal.html"
    return page(request, "ui/examples.html", context)


urlpatterns = [
    path("display/", display, name="ui_display"),
    path("ui/", example_page, name="ui_examples"),
]
