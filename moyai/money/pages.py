"""Pages without a body: the door for card companies' news, and the simulated card company itself."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moyai.money import gateways, simulator
from moyai.money.actions import take_news
from moyai.money.asked import Asked
from moyai.money.gateways import BadNews, BadSignature
from moyai.money.models import SimulatorOrder
from moyai.money.refusals import UnknownOrder
from moyai.money.tasks import simulator_call
from moyai.tenants.public import Actor, Body, acting_in, later
from moyai.ui.public import Form, page

LARGEST_NEWS = 65_536
RETURN_FIRST = timedelta(seconds=5)


def _answer(status: int, word: str) -> JsonResponse:
    return JsonResponse({"result": word}, status=status)


@csrf_exempt
@require_POST
def webhook(request: Asked, gateway: str) -> HttpResponse:
    """決済の知らせの受け口. 200 means: taken, or taken before; anything else asks the company to try again."""
    company = gateways.gateway(gateway)
    if company is None:
        return _answer(404, "unknown_company")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_NEWS:
        return _answer(413, "too_large")
    try:
        news = company.read_webhook(headers=request.headers, body=request.body, now=request.now)
    except BadSignature:
        return _answer(401, "bad_signature")
    except BadNews:
        return _answer(400, "unreadable")
    body = Body.objects.filter(code=news.order_id.partition("-")[0]).first()
    if body is None:
        return _answer(404, "unknown_order")
    try:
        with acting_in(body) as now:
            take_news(actor=Actor.system(body), now=now, news=news, gateway=company.name)
    except UnknownOrder:
        return _answer(404, "unknown_order")
    return _answer(200, "taken")


class ChoiceForm(Form):
    """What the payer does at the simulated company, and how the company then behaves."""

    result = forms.ChoiceField(
        label=_("支払いの結果"),
        choices=[
            ("approved", _("支払う（カード会社が承認する）")),
            ("declined", _("支払う（カード会社が断る）")),
            ("abandoned", _("支払わずに店に戻る")),
        ],
        widget=forms.RadioSelect,
    )
    course = forms.ChoiceField(
        label=_("知らせの届き方"),
        choices=list(simulator.COURSES.items()),
        initial="return_first",
        widget=forms.RadioSelect,
    )


def _open(order: SimulatorOrder | None) -> SimulatorOrder:
    if not settings.MOYAI_CARD_SIMULATOR or order is None:
        raise Http404
    return order


@require_GET
def arrive(request: Asked) -> HttpResponse:
    """The browser arrives with a signed order."""
    names = ("order", "amount", "title", "return", "notify")
    values = {name: request.GET.get(name, "") for name in names}
    order = _open(simulator.take_order(values, request.GET.get("mac", "")))
    return redirect("money_simulator_order", order_id=order.order_id)


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: Asked, order_id: str) -> HttpResponse:
    """模擬カード会社の支払い画面."""
    found = _open(SimulatorOrder.objects.filter(order_id=order_id).first())
    if found.result:
        return redirect("money_simulator_done", order_id=order_id)
    form = ChoiceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found = SimulatorOrder.objects.select_for_update().get(pk=found.pk)
        if not found.result:
            return _decided(request, found, form.cleaned_data["result"], form.cleaned_data["course"])
        return redirect("money_simulator_done", order_id=order_id)
    return page(request, "money/simulator/order.html", {"order": found}, form=form)


def _decided(request: Asked, found: SimulatorOrder, result: str, course: str) -> HttpResponse:
    calls = simulator.decide(found, result=result, course=course, now=request.now)
    for call in calls:
        if course == "return_first":
            call.due_at = request.now + RETURN_FIRST
            call.save(update_fields=["due_at"])
        elif course != "late":
            later(simulator_call, call_id=call.pk)
    if course == "news_first" and calls:
        return redirect("money_simulator_done", order_id=found.order_id)
    return redirect(found.return_url)


@require_GET
def done(request: Asked, order_id: str) -> HttpResponse:
    """After the choice: the way back to the shop, and what was told to it so far."""
    found = _open(SimulatorOrder.objects.filter(order_id=order_id).first())
    calls = list(found.calls.order_by("id"))
    return page(
        request,
        "money/simulator/done.html",
        {
            "order": found,
            "course": simulator.COURSES.get(found.course, ""),
            "calls": calls,
            "waiting": [call for call in calls if call.sent_at is None],
        },
    )


@require_POST
def send_now(request: Asked, order_id: str) -> HttpResponse:
    """Do not wait for the hour of a late call."""
    found = _open(SimulatorOrder.objects.filter(order_id=order_id).first())
    if found.known_from is not None and found.known_from > request.now:
        found.known_from = request.now
        found.save(update_fields=["known_from"])
    for call in found.calls.filter(sent_at__isnull=True):
        call.due_at = request.now
        call.save(update_fields=["due_at"])
        later(simulator_call, call_id=call.pk)
    return redirect("money_simulator_done", order_id=order_id)


urlpatterns = [
    path("money/news/<slug:gateway>/", webhook, name="money_webhook"),
    path("simulator/card/", arrive, name="money_simulator_card"),
    path("simulator/card/<slug:order_id>/", order, name="money_simulator_order"),
    path("simulator/card/<slug:order_id>/done/", done, name="money_simulator_done"),
    path("simulator/card/<slug:order_id>/send/", send_now, name="money_simulator_send"),
]
