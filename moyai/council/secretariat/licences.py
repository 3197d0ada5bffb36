"""書き起こしのライセンスと印刷枚数 — what is free, the hours saved, and the sheets against a base year."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from moyai.calendars.public import day_words, fiscal_year, fiscal_year_words, moment_words
from moyai.council.actions.licences import change_pool, found_pool, give_back_licence, take_licence
from moyai.council.actions.prints import count_prints
from moyai.council.desk import Visit, act_page, typed, who, year_asked
from moyai.council.forms.papers import ChangePoolForm, GiveBackForm, PoolForm, PrintForm, YearsForm
from moyai.council.models import LicencePool, LicenceUse
from moyai.council.permits import SECRETARY
from moyai.council.queries.licences import (
    hours,
    largest_fall,
    percent,
    pools,
    prints_against,
    total_change,
    year_of_use,
)
from moyai.council.secretariat.meetings import crumbs_of
from moyai.tenants.public import clock
from moyai.ui.public import page


def _home() -> str:
    return reverse("council_licences")


@never_cache
@require_safe
def licences(request: Visit) -> HttpResponse:
    """書き起こしのライセンス — pools with who uses them now, and what a fiscal year saved."""
    year = year_asked(request)
    used = year_of_use(year)
    table = {
        "caption": _("%(year)sの書き起こし") % {"year": fiscal_year_words(year)},
        "columns": [
            {"label": _("月")},
            {"label": _("回数"), "numeric": True},
            {"label": _("音声（分）"), "numeric": True},
            {"label": _("減った作業（分）"), "numeric": True},
        ],
        "rows": [
            [
                {"text": f"{one.month.year}-{one.month.month:02}", "head": True},
                one.uses,
                one.sound_minutes,
                one.saved_minutes,
            ]
            for one in used.months
        ],
        "foot": [[_("計"), used.uses, used.sound_minutes, used.saved_minutes]],
    }
    context = {
        "pools": pools(),
        "table": table,
        "facts": [
            {"key": _("月平均の音声"), "value": _("約%(hours)s時間") % {"hours": hours(used.monthly_sound)}},
            {
                "key": _("1年で減った作業"),
                "value": _("約%(hours)s時間") % {"hours": hours(used.saved_minutes)},
            },
        ],
        "year": year,
        "may_write": request.actor.may(set(SECRETARY)),
        "crumbs": [*crumbs_of(), (_("書き起こしのライセンス"), "")],
    }
    return page(request, "council/meetings/licences.html", context)


def _crumbs() -> list[tuple[str, str]]:
    return [*crumbs_of(), (_("書き起こしのライセンス"), _home())]


@never_cache
def new_pool(request: Visit) -> HttpResponse:
    """ライセンスを登録する."""
    form = PoolForm(typed(request))
    return act_page(
        request,
        form,
        lambda: found_pool(**who(request), **form.cleaned_data),
        heading=_("ライセンスを登録する"),
        label=_("登録する"),
        to=_home(),
        done=_("ライセンスを登録しました。"),
        crumbs=_crumbs(),
    )


def _pool(pool_id: int) -> LicencePool:
    found = LicencePool.objects.filter(pk=pool_id).first()
    if found is None:
        raise Http404
    return found


@never_cache
def edit_pool(request: Visit, pool_id: int) -> HttpResponse:
    """本数と期限を変える."""
    found = _pool(pool_id)
    form = ChangePoolForm(
        typed(request),
        initial={"seats": found.seats, "until_on": found.until_on},
    )
    return act_page(
        request,
        form,
        lambda: change_pool(**who(request), pool=found, **form.cleaned_data),
        heading=_("ライセンスを直す"),
        label=_("保存する"),
        to=_home(),
        done=_("ライセンスを直しました。"),
        crumbs=_crumbs(),
        lead=[found.name],
    )


@require_POST
def take(request: Visit, pool_id: int) -> HttpResponse:
    """ライセンスを使う."""
    use = take_licence(**who(request), pool=_pool(pool_id))
    messages.success(request, _("%(seat)s番のライセンスを使い始めました。") % {"seat": use.seat})
    return redirect(_home())


@never_cache
def give_back(request: Visit, use_id: int) -> HttpResponse:
    """ライセンスを返す."""
    found = LicenceUse.objects.select_related("pool").filter(pk=use_id).first()
    if found is None:
        raise Http404
    form = GiveBackForm(typed(request))
    return act_page(
        request,
        form,
        lambda: give_back_licence(**who(request), use=found, **form.cleaned_data),
        heading=_("ライセンスを返す"),
        label=_("返す"),
        to=_home(),
        done=_("ライセンスを返しました。"),
        crumbs=_crumbs(),
        lead=[
            _("%(pool)s %(seat)s番（%(name)s、%(when)sから）")
            % {
                "pool": found.pool.name,
                "seat": found.seat,
                "name": found.taken_by,
                "when": moment_words(found.taken_at),
            }
        ],
    )


@never_cache
def prints(request: Visit) -> HttpResponse:
    """印刷枚数 — of a fiscal year beside a base year; a month is typed below."""
    today = clock.today(request.now)
    this = fiscal_year(today)
    years = YearsForm(
        request.GET if "year" in request.GET else None, initial={"year": this, "base": this - 1}
    )
    year, base = this, this - 1
    if years.is_bound and years.is_valid():
        year, base = years.cleaned_data["year"], years.cleaned_data["base"]
    lines = prints_against(year, base)
    whole, least = total_change(lines), largest_fall(lines)
    table = {
        "caption": _("%(year)sの印刷枚数（%(base)sと比べる）")
        % {"year": fiscal_year_words(year), "base": fiscal_year_words(base)},
        "columns": [
            {"label": _("部署")},
            {"label": _("月")},
            {"label": _("枚数"), "numeric": True},
            {"label": _("比べる年度"), "numeric": True},
            {"label": _("増減")},
        ],
        "rows": [
            [
                {"text": line.section, "head": True},
                f"{line.month.year}-{line.month.month:02}",
                line.sheets,
                line.base,
                percent(line.change) if line.change is not None else None,
            ]
            for line in lines
        ],
        "empty": _("この年度の印刷枚数は、まだ登録されていません。"),
        "cards": True,
    }
    facts = [
        {
            "key": _("両方の年度にある月の増減"),
            "value": percent(whole) if whole is not None else "",
            "missing": "—",
        }
    ]
    if least is not None and least.change is not None:
        facts.append(
            {
                "key": _("最も減った月"),
                "value": _("%(section)s %(month)s（%(change)s）")
                % {
                    "section": least.section,
                    "month": day_words(least.month, weekday=False),
                    "change": percent(least.change),
                },
            }
        )
    form = PrintForm(typed(request))
    return act_page(
        request,
        form,
        lambda: count_prints(**who(request), **form.cleaned_data),
        heading=_("印刷枚数"),
        label=_("登録する"),
        to=reverse("council_prints"),
        done=_("印刷枚数を登録しました。"),
        crumbs=crumbs_of(),
        template="council/meetings/prints.html",
        more={
            "table": table,
            "facts": facts,
            "years": years,
            "may_write": request.actor.may(set(SECRETARY)),
        },
    )


urlpatterns = [
    path("meetings/licences/", licences, name="council_licences"),
    path("meetings/licences/new/", new_pool, name="council_licence_new"),
    path("meetings/licences/<int:pool_id>/edit/", edit_pool, name="council_licence_edit"),
    path("meetings/licences/<int:pool_id>/take/", take, name="council_licence_take"),
    path("meetings/licences/uses/<int:use_id>/back/", give_back, name="council_licence_back"),
    path("meetings/prints/", prints, name="council_prints"),
]
