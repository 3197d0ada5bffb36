"""APIの鍵 of a body: which there are, a new one (shown once), and the end of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.audit.public import check_permit
from moyai.people import actions
from moyai.people.apikeys import api_scopes, usable
from moyai.people.models import Account, ApiKey
from moyai.people.pages.security import owner_only
from moyai.people.permits import PERMITS
from moyai.people.queries import keys_of
from moyai.tenants.public import Actor, clock
from moyai.ui.public import Form, page


class KeyForm(Form):
    name = forms.CharField(
        label=gettext_lazy("鍵の名前"),
        help_text=gettext_lazy("何に使うかが分かる名前。例：電子決裁システムへの取込み"),
        max_length=60,
        error_messages={"required": gettext_lazy("鍵の名前を入力してください。")},
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("鍵でできること"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("鍵でできることを1つ以上選んでください。")},
    )
    expires_on = forms.DateField(
        label=gettext_lazy("使える最後の日"),
        help_text=gettext_lazy("今日から1年以内"),
        widget=forms.DateInput(attrs={"type": "date", "data-width": "tel"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("使える最後の日を入力してください。"),
            "invalid": gettext_lazy("使える最後の日は、年・月・日がある日付にしてください。"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(api_scopes.labels().items())


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    check_permit(actor, "people.make_key", PERMITS)
    return actor


def _row(key: ApiKey, now: Any) -> dict[str, Any]:
    labels = api_scopes.labels()
    if key.revoked_at is not None:
        state = {"kind": "neutral", "word": _("停止")}
    elif usable(key, now=now):
        state = {"kind": "good", "word": _("有効")}
    else:
        state = {"kind": "neutral", "word": _("終了")}
    return {
        "id": key.pk,
        "name": key.name,
        "hint": key.hint,
        "owner": key.account.name,
        "scopes": "、".join(str(labels.get(scope, scope)) for scope in key.scopes),
        "expires_on": key.expires_on,
        "last_used_on": key.last_used_on,
        "state": state,
        "open": key.revoked_at is None,
    }


@never_cache
@require_http_methods(["GET"])
def key_list(request: HttpRequest) -> HttpResponse:
    """APIの鍵の一覧."""
    actor, now = _actor(request), request.now  # type: ignore[attr-defined]
    return page(request, "people/manage/keys.html", {"rows": [_row(key, now) for key in keys_of(actor)]})


@never_cache
@require_http_methods(["GET", "POST"])
@owner_only
def key_new(request: HttpRequest, *, account: Account) -> HttpResponse:
    """A new key; the page after it is the only one that shows the key."""
    actor, now = _actor(request), request.now  # type: ignore[attr-defined]
    form = KeyForm(
        request.POST if request.method == "POST" else None,
        initial={"expires_on": clock.today(now) + timedelta(days=180)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            key, text = actions.make_key(actor=actor, now=now, account=account, **form.cleaned_data)
        except (actions.KeyEndsTooLate, actions.UnknownScope) as refusal:
            for name, words in refusal.fields.items():
                form.add_error(name, words)
        else:
            return page(request, "people/manage/key_made.html", {"key": key, "text": text})
    return page(
        request,
        "people/manage/key_new.html",
        {"form": form, "any": bool(api_scopes.labels())},
        form=form,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def key_revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """鍵を止める, after a page that says what then no longer works."""
    actor = _actor(request)
    key = ApiKey.objects.filter(pk=key_id, body=actor.body, revoked_at__isnull=True).first()
    if key is None:
        raise Http404
    if request.method == "POST":
        actions.revoke_key(actor=actor, now=request.now, key=key)  # type: ignore[attr-defined]
        messages.success(request, _("鍵を止めました。もう使えません。"))
        assert actor.body is not None
        return redirect("people_office_keys", body_slug=actor.body.slug)
    return page(request, "people/manage/key_revoke.html", {"key": key})
