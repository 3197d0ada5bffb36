"""What the staff pages of the ledger share: addresses, permits, forms that an action may refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models, transaction
from django.http import Http404, HttpResponse
from django.urls import reverse

from moyai.money.asked import Asked
from moyai.money.models import Charge
from moyai.money.permits import PERMITS
from moyai.money.wording import CHARGE_WORDS, badge
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import page


def url(request: Asked, name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"body_slug": body_of(request.actor.body).slug, **kwargs})


def or_404(found: models.Model | None) -> Any:
    if found is None:
        raise Http404
    return found


def may(request: Asked, verb: str) -> bool:
    return bool(request.actor.may(PERMITS[verb]))


def before_key(request: Asked) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def done(form: forms.Form, act: Callable[[], Any]) -> Any:
    """Run an action for a form; a refusal becomes an error beside its field, and undoes what the action began."""
    try:
        with transaction.atomic():
            return act()
    except Refusal as refusal:
        fields = {name: text for name, text in refusal.fields.items() if name in form.fields}
        for name, text in fields.items():
            form.add_error(name, text)
        if not fields:
            form.add_error(None, str(refusal.message))
    return None


def form_page(
    request: Asked, found: Charge, form: forms.Form, *, title: str, button: str, warning: str = ""
) -> HttpResponse:
    return page(
        request,
        "money/office/form.html",
        {
            "charge": found,
            "badge": badge(CHARGE_WORDS, found.state),
            "title": title,
            "button": button,
            "button_kind": "danger" if warning else "primary",
            "warning": warning,
            "back_url": url(request, "money_office_charge", charge_id=found.pk),
        },
        form=form,
    )
