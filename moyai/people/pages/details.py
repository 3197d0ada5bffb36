"""本人情報 — what the owner keeps with the account for forms to begin with: seen, changed, deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.people import actions
from moyai.people.forms_details import DetailsForm
from moyai.people.models import Account, Profile
from moyai.people.pages.security import signed_in
from moyai.people.queries import identities_of
from moyai.tenants.public import clock
from moyai.ui.public import page, phone_shown, postal_code_shown


def _rows(profile: Profile) -> list[dict[str, Any]]:
    def row(key: str, value: Any) -> dict[str, Any]:
        return {"key": key, "value": value}

    address = " ".join(
        part for part in (profile.prefecture + profile.city + profile.street, profile.building) if part
    )
    rows = [
        row(_("どなたの情報ですか"), profile.get_kind_display()),
        row(_("氏名"), profile.name),
        row(_("氏名（フリガナ）"), profile.kana),
        row(_("郵便番号"), postal_code_shown(profile.postal_code) if profile.postal_code else ""),
        row(_("住所"), address),
        row(_("電話番号"), phone_shown(profile.phone) if profile.phone else ""),
        row(_("連絡先のメールアドレス"), profile.email),
    ]
    if profile.kind == Profile.Kind.FIRM:
        rows += [
            row(_("法人・団体の名称"), profile.firm_name),
            row(_("法人・団体の名称（フリガナ）"), profile.firm_kana),
            row(_("法人番号"), profile.corporate_number),
            row(_("代表者の氏名"), profile.representative),
        ]
    return rows


@never_cache
@require_http_methods(["GET"])
@signed_in
def details(request: HttpRequest, *, account: Account) -> HttpResponse:
    """What is kept, or what it would be good for."""
    profile = Profile.objects.filter(account=account).first()
    rows = _rows(profile) if profile is not None else []
    words = {
        "name": _("氏名"),
        "firm_name": _("法人・団体の名称"),
        "corporate_number": _("法人番号"),
    }
    vouched = [
        {"key": word, "value": one.facts[name]}
        for one in identities_of(account)
        for name, word in words.items()
        if name in one.facts
    ]
    return page(request, "people/details.html", {"profile": profile, "rows": rows, "vouched": vouched})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def details_change(request: HttpRequest, *, account: Account) -> HttpResponse:
    """The form; the first time it asks for the owner's agreement."""
    now = request.now  # type: ignore[attr-defined]
    profile = Profile.objects.filter(account=account).first()
    initial = (
        {name: getattr(profile, name) for name in Profile.FACTS}
        if profile is not None
        else {"name": account.name, "kana": account.kana, "email": account.email or ""}
    )
    form = DetailsForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        today=clock.today(now),
        given=profile is not None,
    )
    if request.method == "POST" and form.is_valid():
        actions.change_details(
            actor=request.actor,  # type: ignore[attr-defined]
            now=now,
            account=account,
            details=form.details(),
        )
        messages.success(request, _("本人情報を残しました。次の申込みから、はじめに入力されます。"))
        return redirect("people_details")
    return page(
        request, "people/details_change.html", {"form": form, "given": profile is not None}, form=form
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def details_delete(request: HttpRequest, *, account: Account) -> HttpResponse:
    """削除 — after a page that says what remains."""
    if request.method == "POST":
        actions.delete_details(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            account=account,
        )
        messages.success(request, _("本人情報を削除しました。"))
        return redirect("people_details")
    return page(request, "people/details_delete.html", {})
