"""カードの読取りの模擬 — in training installations: a reader that signs, and the responder for validity."""

from __future__ import annotations

import base64
import re
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from moyai.people.cards.simulator import CARDS
from moyai.people.cards.trust import simulating, simulator
from moyai.people.door import outside
from moyai.people.rules import safe_path
from moyai.tenants.public import clock
from moyai.ui.public import Form, page

TROUBLES = {
    "revoked": _("失効したカード"),
    "expired": _("有効期限が切れたカード"),
    "stranger": _("知らない認証局のカード"),
    "authentication": _("利用者証明用の証明書（署名には使えません）"),
}


class CardForm(Form):
    card = forms.ChoiceField(
        label=_("カード"),
        widget=forms.RadioSelect,
        error_messages={"required": _("カードを選んでください。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["card"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (one.code, "・".join(str(part) for part in (one.name, TROUBLES.get(one.trouble, "")) if part))
            for one in CARDS
        ]


def _back(request: HttpRequest) -> str:
    """Only back to a page that takes signatures."""
    path = safe_path(request.POST.get("back", ""))
    return path if re.fullmatch(r"(/[a-z-]+)?/[\w-]+/card/[\w-]+/signed/", path) else ""


@never_cache
@require_http_methods(["GET", "POST"])
def reader(request: HttpRequest) -> HttpResponse:
    """The reader: shows the text, takes a card, returns the signature to the page that asked."""
    if not simulating():
        raise Http404
    content = request.POST.get("content", "").replace("\r\n", "\n")
    back = _back(request)
    if not content or not back:
        return page(request, "people/card_reader.html", {"content": ""})
    form = CardForm(request.POST if "card" in request.POST or "sign" in request.POST else None)
    if form.is_bound and form.is_valid():
        signed = simulator().sign(form.cleaned_data["card"], content.encode())
        return page(
            request,
            "people/card_reader.html",
            {"content": content, "back": back, "signature": base64.b64encode(signed).decode()},
        )
    return page(
        request, "people/card_reader.html", {"content": content, "back": back, "form": form}, form=form
    )


@csrf_exempt
@never_cache
@outside
@require_http_methods(["POST"])
def responder(request: HttpRequest) -> HttpResponse:
    """The responder (OCSP over HTTP)."""
    if not simulating():
        raise Http404
    answer = simulator().respond(request.body, now=clock.now())
    return HttpResponse(answer, content_type="application/ocsp-response")
