"""規程を登録し、定め、改め、廃し、議案に引く — the forms of the secretariat about the council's rules."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moyai.council.actions.bylaws import abolish_bylaw, arrange_bylaw, cite, enact, register_bylaw, uncite
from moyai.council.desk import Visit, act_page, today_of, typed
from moyai.council.forms.bylaws import (
    AbolishForm,
    ArrangeBylawForm,
    BylawForm,
    CiteForm,
    EnactForm,
    version_name,
)
from moyai.council.models import Bylaw, Citation, Item
from moyai.council.queries.bylaws import cited_in, decided_items, versions_of
from moyai.council.secretariat.bylaws import above
from moyai.ui.public import Form


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """規程を登録する."""
    form = BylawForm(typed(request), initial={"public": True})
    code = request.POST.get("code", "")
    return act_page(
        request,
        form,
        lambda: register_bylaw(actor=request.actor, now=request.now, **form.facts()),
        heading=_("規程を登録する"),
        lead=_("名前を登録したあと、その規程のページで最初の版を定めます。"),
        label=_("規程を登録する"),
        done=_("規程を登録しました。"),
        to=f"{reverse('council_bylaws')}{code.strip()}/",
        crumbs=above(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Visit, code: str) -> HttpResponse:
    """制定・改正 — a new version; the form begins with the text as it stands."""
    one = get_object_or_404(Bylaw, code=code)
    versions = versions_of(one)
    form = EnactForm(
        typed(request),
        items=decided_items(),
        initial={"text": versions[0].text if versions else ""},
    )
    return act_page(
        request,
        form,
        lambda: enact(actor=request.actor, now=request.now, bylaw=one, **form.facts()),
        heading=_("新しい版を定める"),
        lead=_("前の版は残り、その日までの効力を持ち続けます。定めた版は変えられません。"),
        label=_("新しい版を定める"),
        done=_("新しい版を定めました。"),
        to=reverse("council_bylaw", kwargs={"code": code}),
        crumbs=above(one),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def abolish(request: Visit, code: str) -> HttpResponse:
    """廃止する — from that day it cannot be cited."""
    one = get_object_or_404(Bylaw, code=code)
    form = AbolishForm(typed(request), items=decided_items())
    form.fields["from_on"].label = _("廃止の日")
    return act_page(
        request,
        form,
        lambda: abolish_bylaw(actor=request.actor, now=request.now, bylaw=one, **form.facts()),
        heading=_("規程を廃止する"),
        lead=_("この日から、議案やお知らせで引用できません。元に戻せません。"),
        label=_("廃止を登録する"),
        done=_("規程の廃止を登録しました。"),
        to=reverse("council_bylaw", kwargs={"code": code}),
        crumbs=above(one),
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: Visit, code: str) -> HttpResponse:
    """名称・公開・並び順を改める."""
    one = get_object_or_404(Bylaw, code=code)
    initial = {"name": one.name, "public": one.public, "position": one.position}
    form = ArrangeBylawForm(typed(request), initial=initial)
    return act_page(
        request,
        form,
        lambda: arrange_bylaw(actor=request.actor, now=request.now, bylaw=one, **form.facts()),
        heading=_("名称・公開を改める"),
        label=_("変更を登録する"),
        done=_("変更を登録しました。"),
        to=reverse("council_bylaw", kwargs={"code": code}),
        crumbs=above(one),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def citations(request: Visit, item_id: int) -> HttpResponse:
    """議案の引用 — on which rules an item rests; only what is in force on the day can be added."""
    item = get_object_or_404(Item.objects.select_related("meeting__committee"), pk=item_id)
    here = reverse("council_item_citations", kwargs={"item_id": item_id})
    form = CiteForm(
        typed(request),
        bylaws=list(Bylaw.objects.order_by("position", "code")),
        initial={"on": today_of(request).isoformat()},
    )
    table = {
        "caption": _("引用している規程"),
        "columns": [_("規程"), _("版"), _("条"), _("取り消す")],
        "rows": [
            [
                one.version.bylaw.name,
                version_name(one.version),
                one.article or None,
                {
                    "text": _("%(name)sの引用を取り消す") % {"name": one.version.bylaw.name},
                    "url": reverse("council_citation_end", kwargs={"citation_id": one.pk}),
                },
            ]
            for one in cited_in(items=[item])
        ],
        "empty": _("引用している規程はありません。"),
    }
    return act_page(
        request,
        form,
        lambda: cite(actor=request.actor, now=request.now, item=item, **form.facts()),
        heading=_("議案が引用する規程"),
        label=_("引用を登録する"),
        done=_("引用を登録しました。"),
        to=here,
        crumbs=[
            (
                item.meeting.committee.name,
                reverse("council_committee", kwargs={"code": item.meeting.committee.code}),
            )
        ],
        facts=[{"key": _("議案"), "value": item.title}],
        table=table,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: Visit, citation_id: int) -> HttpResponse:
    """引用を取り消す — one that was put there by mistake."""
    one = get_object_or_404(
        Citation.objects.select_related("version__bylaw", "item", "posting"), pk=citation_id
    )
    where = one.item.title if one.item else one.posting.title if one.posting else ""
    to = (
        reverse("council_item_citations", kwargs={"item_id": one.item_id})
        if one.item_id
        else reverse("council_posting", kwargs={"posting_id": one.posting_id})
    )
    form = Form(typed(request))
    return act_page(
        request,
        form,
        lambda: uncite(actor=request.actor, now=request.now, citation=one),
        heading=_("引用を取り消す"),
        label=_("引用を取り消す"),
        done=_("引用を取り消しました。"),
        to=to,
        facts=[
            {"key": _("議案・お知らせ"), "value": where},
            {"key": _("規程"), "value": one.version.bylaw.name},
        ],
        danger=True,
    )


urlpatterns = [
    path("bylaws/new/", new, name="council_bylaw_new"),
    path("bylaws/<slug:code>/enact/", change, name="council_bylaw_enact"),
    path("bylaws/<slug:code>/abolish/", abolish, name="council_bylaw_abolish"),
    path("bylaws/<slug:code>/arrange/", arrange, name="council_bylaw_arrange"),
    path("items/<int:item_id>/citations/", citations, name="council_item_citations"),
    path("citations/<int:citation_id>/end/", take_back, name="council_citation_end"),
]
