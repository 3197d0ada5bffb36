"""カードの署名のページ: what is signed, what the reader returned, and the check that asks the network.

The check stands before the door: while the responder thinks no transaction is open and nothing is locked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.people import actions
from moyai.people.cards.refusals import CardRefused, NotASignature
from moyai.people.cards.trust import simulating, trust
from moyai.people.cards.verifying import MOST_BYTES, verify
from moyai.people.door import actor_of, outside, visiting
from moyai.people.models import CardChallenge
from moyai.people.throttle import throttle
from moyai.tenants.public import Actor, Body, acting_in
from moyai.ui.public import Form, page


class SignatureForm(Form):
    """What the reader returned: a file, or the same as text."""

    signature = forms.FileField(
        label=gettext_lazy("署名のファイル"),
        help_text=gettext_lazy("カードの読取りアプリが作ったファイル（.p7s など）"),
        required=False,
        widget=forms.ClearableFileInput,
    )
    text = forms.CharField(widget=forms.HiddenInput, required=False)

    def given(self) -> bytes:
        """The bytes; raises NotASignature when there are none, or far too many."""
        file = self.files.get("signature")
        if file is not None:
            if (file.size or 0) > MOST_BYTES:
                raise NotASignature
            return bytes(file.read())
        text = str(self.data.get("text") or "")
        if not text:
            raise NotASignature(
                _("署名のファイルを選んでください。"),
                fields={"signature": _("署名のファイルを選んでください。")},
            )
        return text.encode("utf-8", "replace")


def _challenge(request: HttpRequest, token: str) -> CardChallenge:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = actions.challenge_of(
        actor=actor,
        now=request.now,  # type: ignore[attr-defined]
        token=token,
    )
    if found is None:
        raise Http404
    return found


def _shown(
    request: HttpRequest, challenge: CardChallenge, token: str, form: SignatureForm, status: int = 200
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.body is not None
    here = {"body_slug": actor.body.slug, "token": token}
    context: dict[str, Any] = {
        "challenge": challenge,
        "content_url": reverse("people_portal_card_content", kwargs=here),
        "signed_url": reverse("people_portal_card_signed", kwargs=here),
        "simulating": simulating(),
    }
    return page(request, "people/card.html", context, form=form, status=status)


@never_cache
@require_http_methods(["GET"])
def card(request: HttpRequest, token: str) -> HttpResponse:
    """カードで署名する — the text, the ways to sign it, and where the signature is handed in."""
    return _shown(request, _challenge(request, token), token, SignatureForm())


@never_cache
@require_http_methods(["GET"])
def card_content(request: HttpRequest, token: str) -> HttpResponse:
    """The exact bytes to sign, for a reader that takes a file."""
    challenge = _challenge(request, token)
    response = HttpResponse(challenge.content.encode(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="moyai-signature.txt"'
    return response


@contextmanager
def _at(request: HttpRequest, body_slug: str) -> Iterator[tuple[Actor, datetime]]:
    """As inside the door, for a moment."""
    body = Body.objects.filter(slug=body_slug).first()
    if body is None:
        raise Http404
    with acting_in(body) as now:
        request.now = now  # type: ignore[attr-defined]
        request.actor = actor_of(request, body)  # type: ignore[attr-defined]
        yield request.actor, now  # type: ignore[attr-defined]


@never_cache
@outside
@visiting
@require_http_methods(["GET", "POST"])
def card_signed(request: HttpRequest, body_slug: str, token: str) -> HttpResponse:
    """Check what the reader returned, and go back to the application."""
    with _at(request, body_slug) as (actor, now):
        content = _challenge(request, token).content.encode()
        if request.method == "GET":  # a reload after a refusal, or the button back
            return HttpResponseRedirect(actions.card_page_path(actor, token))
        throttle(kind="people.card", key=token, now=now, tries=20)
    form = SignatureForm(request.POST, request.FILES)
    form.is_valid()
    try:
        verified = verify(content, form.given(), trust(), now=now)
    except CardRefused as refusal:
        with _at(request, body_slug):
            form.add_error("signature", str(refusal.message))
            return _shown(request, _challenge(request, token), token, form, refusal.status)
    with _at(request, body_slug) as (actor, now):
        challenge = actions.challenge_of(actor=actor, now=now, token=token, lock=True)
        if challenge is None:
            raise Http404
        actions.keep_signature(actor=actor, now=now, challenge=challenge, verified=verified)
        messages.success(request, _("カードの署名を確かめました。"))
        return HttpResponseRedirect(
            challenge.back_path
            or reverse("people_portal_card", kwargs={"body_slug": body_slug, "token": token})
        )
