"""What the public sees: is this letter genuine, and the file somebody handed over to me."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from moyai.documents import queries
from moyai.documents.actions import hand_overs as acts
from moyai.documents.actions.uploads import UploadNotClean
from moyai.documents.forms import FileForm, LetterCodeForm, PassphraseForm
from moyai.documents.models import HandOver, Letter
from moyai.documents.rules.codes import in_groups, read_code
from moyai.documents.serving import serve_hand_over
from moyai.documents.store import PIECE
from moyai.documents.words import size_words
from moyai.people.public import Account, forgive, has_second_factor, roles_of, throttle
from moyai.tenants.public import STAFF, Actor, Refusal, clock
from moyai.ui.public import page

TRIES_OF_CODES = 30


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Type the code of a letter."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    form = LetterCodeForm(request.GET) if "code" in request.GET else LetterCodeForm()
    if form.is_bound and form.is_valid():
        throttle(kind="documents.letter_code", key="any", now=now, tries=TRIES_OF_CODES)
        letter = queries.letter_by_code(actor=actor, code=form.cleaned_data["code"])
        if letter is not None:
            forgive(kind="documents.letter_code", key="any")
            kwargs = {"body_slug": actor.body.slug, "code": letter.code}
            return redirect(reverse("documents_portal_letter", kwargs=kwargs))
        words = _("この確認番号の文書は見つかりません。文書の一番下を確かめてください。")
        form.add_error("code", words)
    context = {"form": form, "crumbs": [(_("文書の確認"), "")]}
    return page(request, "documents/portal/letters.html", context, form=form if form.is_bound else None)


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """Genuine or not, by the printed code; a POST compares a file with the one that was issued."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    throttle(kind="documents.letter_code", key="any", now=now, tries=TRIES_OF_CODES)
    found: Letter | None = queries.letter_by_code(actor=actor, code=code)
    if found is None:
        raise Http404
    forgive(kind="documents.letter_code", key="any")
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    form.fields["file"].label = _("手元のPDFファイル")
    form.fields["file"].help_text = _("比べるだけで、保存しません。")
    same: bool | None = None
    if form.is_bound and form.is_valid():
        digest = hashlib.sha256()
        for piece in form.cleaned_data["file"].chunks(PIECE):
            digest.update(piece)
        same = digest.hexdigest() == found.sha256
    here = reverse("documents_portal_letters", kwargs={"body_slug": actor.body.slug})
    context = {
        "letter": found,
        "code_shown": in_groups(found.code),
        "ready": bool(found.sha256),
        "purged": found.state == Letter.State.PURGED,
        "same": same,
        "signature": _signature(found),
        "form": form,
        "crumbs": [(_("文書の確認"), here), (found.number_text, "")],
    }
    return page(request, "documents/portal/letter.html", context, form=form if form.is_bound else None)


def _signature(letter: Letter) -> dict[str, object]:
    """Who signed a letter and how long the certificate holds, for the page; empty for an unsigned one."""
    kept = letter.signature
    if not kept:
        return {}
    days = {name: datetime.fromisoformat(kept[name]) for name in ("from", "until", "at")}
    return {
        "signer": kept["signer"],
        "issuer": kept["issuer"],
        "at": days["at"],
        "since": days["from"],
        "until": days["until"],
        "held": days["from"] <= days["at"] <= days["until"],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind a hand-over link. Only a POST takes the file: mail scanners open links, too."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    found = queries.hand_over_by_token(actor=actor, token=read_code(token))
    if found is None:
        raise Http404
    try:
        acts.why_not(found, now)
    except (acts.HandOverClosed, acts.NotYetApproved, UploadNotClean) as refusal:
        return _closed(request, found, refusal)
    if found.for_body is not None and not _is_staff_of(request, found):
        return _for_staff_only(request, found)
    form = (
        PassphraseForm(request.POST if request.method == "POST" else None) if found.passphrase_hash else None
    )
    if request.method == "POST" and (form is None or form.is_valid()):
        throttle(kind="documents.hand_over", key=found.token, now=now)
        given = form.cleaned_data["passphrase"] if form is not None else ""
        if acts.passphrase_right(found, given):
            forgive(kind="documents.hand_over", key=found.token)
            return serve_hand_over(hand_over=acts.fetch_hand_over(actor=actor, now=now, hand_over=found))
        acts.miss_hand_over(actor=actor, now=now, hand_over=found)
        assert form is not None
        form.add_error("passphrase", _("合言葉が違います。送り主にご確認ください。"))
    context = {
        "hand_over": found,
        "size": size_words(found.upload.size),
        "left": found.download_limit - found.downloads,
        "form": form,
        "crumbs": [(_("ファイルの受取り"), "")],
    }
    bound = form if form is not None and form.is_bound else None
    response = page(request, "documents/portal/hand_over.html", context, form=bound)
    return _unlisted(response)


def _closed(request: HttpRequest, found: HandOver, refusal: Refusal) -> HttpResponse:
    waiting = refusal.status == 403
    context = {
        "hand_over": found,
        "heading": _("まだ受け取れません") if waiting else _("このリンクは使えません"),
        "words": str(refusal.message),
        "crumbs": [(_("ファイルの受取り"), "")],
    }
    response = page(request, "documents/portal/hand_over_closed.html", context, status=refusal.status)
    return _unlisted(response)


def _is_staff_of(request: HttpRequest, found: HandOver) -> bool:
    account, now = request.user, request.now  # type: ignore[attr-defined]
    if not isinstance(account, Account) or not account.is_staff_account or not has_second_factor(request):
        return False  # as at the door: roles of staff count with a second factor only
    return bool(roles_of(account, found.for_body, day=clock.today(now)) & STAFF)


def _for_staff_only(request: HttpRequest, found: HandOver) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    back = urlencode({"next": request.path})
    context = {
        "hand_over": found,
        "signed_in": actor.account_id is not None,
        "sign_in_url": f"{reverse('people_staff')}?{back}",
        "crumbs": [(_("ファイルの受取り"), "")],
    }
    response = page(request, "documents/portal/hand_over_staff.html", context, status=403)
    return _unlisted(response)


def _unlisted(response: HttpResponse) -> HttpResponse:
    """The address is a secret: not for search engines, caches, or another site's referrer.

    Not `no-referrer`: a browser would then send its POST with `Origin: null`, which is refused as forged.
    """
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


urlpatterns = [
    path("letters/", letters, name="documents_portal_letters"),
    path("letters/<slug:code>/", letter, name="documents_portal_letter"),
    path("handover/<slug:token>/", hand_over, name="documents_portal_hand_over"),
]
