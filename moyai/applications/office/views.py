"""保存した一覧 — name the filters of the inbox, share them, take them away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.applications.actions.views import remove_view, save_view
from moyai.applications.models import SavedView
from moyai.applications.permits import PERMITS
from moyai.applications.queries.views import saved_views
from moyai.tenants.public import Refusal
from moyai.ui.public import Form, page


class ViewForm(Form):
    """一覧の名前."""

    name = forms.CharField(
        label=gettext_lazy("一覧の名前"),
        max_length=40,
        error_messages={"required": gettext_lazy("一覧の名前を入力してください。")},
    )
    shared = forms.BooleanField(label=gettext_lazy("ほかの職員にも見せる"), required=False)
    query = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]


def views(request: HttpRequest) -> HttpResponse:
    """The saved views, and a form that keeps the filters one came from."""
    actor = request.actor  # type: ignore[attr-defined]
    here = reverse("applications_office_views", kwargs={"body_slug": actor.body.slug})
    inbox = reverse("applications_office_inbox", kwargs={"body_slug": actor.body.slug})
    may_share = actor.may(set(PERMITS["applications.share_view"]))
    saved = saved_views(actor=actor)
    form = ViewForm(
        request.POST if request.method == "POST" and "remove" not in request.POST else None,
        may_share=may_share,
        initial={"query": request.GET.get("query", "")[:600]},
    )
    if request.method == "POST":
        if "remove" in request.POST:
            chosen = next((one for one in saved if str(one.pk) == request.POST["remove"]), None)
            if chosen is None:
                raise Http404
            remove_view(actor=actor, now=request.now, view=chosen)  # type: ignore[attr-defined]
            messages.success(request, _("一覧を削除しました。"))
            return redirect(here)
        made = _saved(request, form) if form.is_valid() else None
        if made is not None:
            messages.success(request, _("一覧を保存しました。"))
            return redirect(f"{inbox}?{made.query}")
    rows = [
        {
            "name": one.name,
            "url": f"{inbox}?{one.query}",
            "shared": one.shared,
            "id": one.pk if one.account_id == actor.account_id or may_share else "",
        }
        for one in saved
    ]
    context = {"rows": rows, "crumbs": [(_("受付箱"), inbox), (_("保存した一覧"), "")]}
    return page(request, "applications/office/views.html", context, form=form)


def _saved(request: HttpRequest, form: ViewForm) -> SavedView | None:
    facts = form.cleaned_data
    try:
        with transaction.atomic():
            return save_view(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                name=facts["name"],
                query=facts["query"],
                shared=bool(facts.get("shared")),
            )
    except Refusal as refusal:
        form.add_error("name", str(refusal.message))
        return None


urlpatterns = [path("applications/views/", views, name="applications_office_views")]
