"""会議体を置き、改め、廃する — the forms of the secretariat about a committee itself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moyai.council.actions.committees import (
    abolish_committee,
    arrange_committee,
    establish_committee,
    rename_committee,
)
from moyai.council.actions.voting_rules import set_voting_rule
from moyai.council.desk import Visit, act_page, typed
from moyai.council.forms.bodies import ArrangeForm, CommitteeForm, EndForm, RenameForm, VotingRuleForm
from moyai.council.models import Committee, VotingRule
from moyai.council.secretariat.committees import crumbs
from moyai.tenants.public import Service


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """会議体を設置する."""
    form = CommitteeForm(
        typed(request),
        committees=list(Committee.objects.order_by("position", "code")),
        services=list(Service.objects.order_by("code")),
        initial={"form": Committee.Form.CONTRACTING},
    )
    return act_page(
        request,
        form,
        lambda: establish_committee(actor=request.actor, now=request.now, **form.facts()),
        heading=_("会議体を設置する"),
        label=_("設置を登録する"),
        done=_("会議体の設置を登録しました。"),
        to=reverse("council_committees"),
        crumbs=crumbs(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: Visit, code: str) -> HttpResponse:
    """改称する."""
    one = get_object_or_404(Committee, code=code)
    form = RenameForm(typed(request), initial={"name": one.name, "form": one.form})
    return act_page(
        request,
        form,
        lambda: rename_committee(actor=request.actor, now=request.now, committee=one, **form.cleaned_data),
        heading=_("改称する"),
        lead=_("前の名称は残り、その日までの記録に使います。"),
        label=_("改称を登録する"),
        done=_("改称を登録しました。"),
        to=reverse("council_committee", kwargs={"code": code}),
        crumbs=crumbs(one),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: Visit, code: str) -> HttpResponse:
    """目的・属する会議体・上申先・並び順を改める."""
    one = get_object_or_404(Committee.objects.select_related("parent", "climbs_to"), code=code)
    initial = {
        "purpose": one.purpose,
        "parent": one.parent.code if one.parent else "",
        "climbs_to": one.climbs_to.code if one.climbs_to else "",
        "position": one.position,
    }
    others = list(Committee.objects.exclude(pk=one.pk).order_by("position", "code"))
    form = ArrangeForm(typed(request), committees=others, initial=initial)
    return act_page(
        request,
        form,
        lambda: arrange_committee(actor=request.actor, now=request.now, committee=one, **form.facts()),
        heading=_("目的や並び順を改める"),
        label=_("変更を登録する"),
        done=_("変更を登録しました。"),
        to=reverse("council_committee", kwargs={"code": code}),
        crumbs=crumbs(one),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def abolish(request: Visit, code: str) -> HttpResponse:
    """廃止する — its seats, offices and terms end with it."""
    one = get_object_or_404(Committee, code=code)
    form = EndForm(typed(request))
    return act_page(
        request,
        form,
        lambda: abolish_committee(actor=request.actor, now=request.now, committee=one, **form.cleaned_data),
        heading=_("会議体を廃止する"),
        lead=_("最後の日の翌日から、会議を開けません。構成員・役職・任期も、その日に終わります。"),
        label=_("廃止を登録する"),
        done=_("廃止を登録しました。"),
        to=reverse("council_committee", kwargs={"code": code}),
        crumbs=crumbs(one),
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def voting(request: Visit, code: str) -> HttpResponse:
    """定足数と表決の要件を定める."""
    one = get_object_or_404(Committee, code=code)
    initial = {
        "base": VotingRule.Base.PRESENT,
        "quorum_suffices": True,
        "chair_breaks_ties": True,
        "written": True,
        "proxies": True,
    }
    form = VotingRuleForm(typed(request), initial=initial)
    return act_page(
        request,
        form,
        lambda: set_voting_rule(actor=request.actor, now=request.now, committee=one, **form.cleaned_data),
        heading=_("表決の要件を定める"),
        label=_("要件を登録する"),
        done=_("表決の要件を登録しました。"),
        to=reverse("council_committee", kwargs={"code": code}),
        crumbs=crumbs(one),
    )


urlpatterns = [
    path("committees/new/", new, name="council_committee_new"),
    path("committees/<slug:code>/rename/", rename, name="council_committee_rename"),
    path("committees/<slug:code>/arrange/", arrange, name="council_committee_arrange"),
    path("committees/<slug:code>/abolish/", abolish, name="council_committee_abolish"),
    path("committees/<slug:code>/voting/", voting, name="council_voting_new"),
]
