"""The door: which body, who, since when; one request is one transaction, and a refusal undoes it.

Every view is called here, so that its queries run behind the wall of its body, and so that whatever it
refuses leaves nothing behind but the try that was counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import wraps
from math import ceil
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _

from moyai.people.apikeys import key_of
from moyai.people.models import Account
from moyai.people.queries import body_in_use, has_factor, roles_of, standing_of_session
from moyai.people.rules import client_address, network_of
from moyai.people.session import has_second_factor
from moyai.people.throttle import TooManyTries, recount, visit_from
from moyai.tenants.public import COUNCIL, STAFF, Actor, Body, Refusal, Role, acting_in, acting_in_named, clock
from moyai.ui.public import error_page

log = structlog.get_logger("moyai.door")

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)


class AnswerAnew(Exception):
    """Raised by a view whose act was refused: nothing of it stays, and `answer` gives the page in a transaction of its own.

    In place of a savepoint around every act, of which almost all succeed.
    """

    def __init__(self, answer: Callable[[], HttpResponseBase]) -> None:
        super().__init__()
        self.answer = answer


def public_page(view: V) -> V:
    """Mark a page under /council/ or /operator/ that everybody may read."""
    view.public_page = True  # type: ignore[attr-defined]
    return view


def outside(view: V) -> V:
    """Mark a page that stands before the door: no body, no actor, no transaction, no database needed."""
    view.outside = True  # type: ignore[attr-defined]
    return view


def visiting(view: V) -> V:
    """For a page before the door: its refusals become our pages, and the tries it counted stay counted."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
            return _only_by_button(request, response) if response.status_code == 405 else response
        except Refusal as refusal:
            return refused(request, None, refusal)
        except BaseException:
            recount()
            raise

    return run  # type: ignore[return-value]


def actor_of(request: HttpRequest, body: Body) -> Actor:
    """Who acts on a body's portal, for a page before the door that opens the wall for a moment itself."""
    return _actor(request, body, "portal", clock.today(clock.now()))


class Door:
    """Middleware; the last of the list."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        network = network_of(
            client_address(
                remote=request.META.get("REMOTE_ADDR", ""),
                forwarded=request.META.get("HTTP_X_FORWARDED_FOR", ""),
                proxies=settings.MOYAI_PROXIES,
            )
        )
        number = str(getattr(request, "moyai_id", ""))
        request.actor = Actor.anyone(None, request_id=number, network=network)  # type: ignore[attr-defined]
        with visit_from(network):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if getattr(view, "outside", False):
            return None
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return self._absent(request)  # no address of ours has it, and no column can be compared with it
        kwargs = dict(kwargs)
        slug = kwargs.pop("body_slug", None)
        body: Body | None = None
        undone = False
        try:
            with (
                _opened(slug) as (now, body),
                structlog.contextvars.bound_contextvars(
                    body=body.code if body else None, account=request.user.pk
                ),
            ):
                request.now = now  # type: ignore[attr-defined]
                today = clock.today(now)
                if slug is not None and (body is None or not body_in_use(body, today)):
                    raise Http404
                room = _room(request.path_info, slug)
                request.actor = _actor(request, body, room, today)  # type: ignore[attr-defined]
                request.api_key = key_of(request, now=now) if room == "api" else None  # type: ignore[attr-defined]
                response = _stop(request, view, body, room, today) or view(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response = response.render()  # lazy pages read the database: inside, not after
                if room == "api" and response.status_code >= 400:
                    transaction.set_rollback(True)
                elif response.status_code == 405:
                    response = _only_by_button(request, response)
                undone = transaction.get_rollback()
                if not undone:
                    _keep_session(request)
        except AnswerAnew as anew:
            with _transaction(body):
                recount()
                return anew.answer()
        except Refusal as refusal:
            return refused(request, body, refusal)
        except Http404:
            recount()
            return self._absent(request)
        except PermissionDenied:
            recount()
            if _room(request.path_info, slug) == "api":
                return _json(403, "not_permitted", _("この操作をする権限がありません。"), {})
            raise
        except BaseException:
            recount()
            raise
        if undone:
            recount()
        return response

    def _absent(self, request: HttpRequest) -> HttpResponseBase:
        """The same answer for what is absent, not in use, another body's or not for this person."""
        if _room(request.path_info, None) == "api":
            return _json(404, "not_found", _("見つかりません。"), {})
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if actor.account_id is not None:
            log.info("told absent", account=actor.account_id, body=actor.body.code if actor.body else None)
        request.actor = Actor.anyone(  # type: ignore[attr-defined]  # as for an address nobody knows
            None, request_id=actor.request_id, network=actor.network
        )
        raise Http404


def refused(request: HttpRequest, body: Body | None, refusal: Refusal) -> HttpResponseBase:
    """The page (or JSON) of a refusal, in a transaction of its own; the tries it counted are written again."""
    with _transaction(body) as now:
        recount()
        if _room(request.path_info, None) == "api":
            response = _json(refusal.status, refusal.code, str(refusal.message), refusal.fields)
        else:
            response = error_page(request, refusal.status, message=str(refusal.message))
        if refusal.status == 401:
            response["WWW-Authenticate"] = 'Bearer realm="moyai"'
        if isinstance(refusal, TooManyTries):
            response["Retry-After"] = str(max(1, ceil((refusal.until_at - now).total_seconds())))
        return response


def _keep_session(request: HttpRequest) -> None:
    """What a session has to remember is written with the act, not in a transaction of its own after it."""
    session = request.session
    if session.modified and session.session_key is not None and not session.is_empty():
        with suppress(UpdateError):  # it was ended elsewhere: its middleware says so
            session.save()


@contextmanager
def _opened(slug: str | None) -> Iterator[tuple[datetime, Body | None]]:
    """One transaction, behind the wall of the body that the address names."""
    if slug is not None:
        with acting_in_named(slug) as opened:
            yield opened
        return
    with transaction.atomic():
        yield clock.now(), None


@contextmanager
def _transaction(body: Body | None) -> Iterator[datetime]:
    if body is not None:
        with acting_in(body) as now:
            yield now
        return
    with transaction.atomic():
        yield clock.now()


def _room(path: str, slug: str | None) -> str:
    """Which part of the house a path lies in: office, council, operator, api, supplier or portal."""
    language = get_language_from_path(path)
    parts = path.removeprefix(f"/{language}" if language else "").split("/")[1:]
    first = parts[0] if parts else ""
    if slug is not None:
        return "office" if len(parts) > 1 and parts[1] == "office" else "portal"
    return {"council": "council", "operator": "operator", "api": "api", "suppliers": "supplier"}.get(
        first, "portal"
    )


CHANNELS = {"portal": "internet", "supplier": "internet"}


def _actor(request: HttpRequest, body: Body | None, room: str, today: date) -> Actor:
    """Who acts. Roles of staff and of the council count only in a session with a second factor."""
    nobody: Actor = request.actor  # type: ignore[attr-defined]
    account = request.user
    roles: frozenset[Role] = frozenset()
    sections: frozenset[str] = frozenset()
    account_id, name = None, ""
    if isinstance(account, Account):
        account_id, name = account.pk, account.name
        held = standing_of_session(account, body, day=today)
        roles, sections = held.roles, held.sections
        if not (account.is_staff_account and has_second_factor(request)):
            roles -= STAFF | COUNCIL
    if room not in ("office", "council", "operator"):
        roles |= {Role.RESIDENT}
    return Actor(
        account_id=account_id,
        body=body,
        roles=roles,
        name=name,
        channel=CHANNELS.get(room, room),
        request_id=nobody.request_id,
        network=nobody.network,
        sections=sections,
    )


NEEDED = {"office": STAFF, "council": COUNCIL, "operator": frozenset({Role.OPERATOR})}


def _stop(
    request: HttpRequest, view: View, body: Body | None, room: str, today: date
) -> HttpResponseBase | None:
    """Who may not pass: sent to sign in, sent to set up a second factor, or told the page is absent."""
    needed = NEEDED.get(room)
    if needed is None or (room != "office" and getattr(view, "public_page", False)):
        return None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.roles & needed:
        return None
    account = request.user
    if not isinstance(account, Account):
        return _send(request, "people_staff")
    if not account.is_staff_account or not roles_of(account, body, day=today) & needed:
        raise Http404
    if has_second_factor(request):
        raise Http404
    return _send(request, "people_second" if has_factor(account) else "people_setup")


def _send(request: HttpRequest, page: str) -> HttpResponseBase:
    """To a sign-in page and back to this one. Only a page that was looked at is worth going back to."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    query = f"?{urlencode({'next': back})}" if back else ""
    return HttpResponseRedirect(reverse(page) + query)


def _only_by_button(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """An address that only takes a form, opened by hand or by going back: our page, not an empty one."""
    shown = error_page(
        request, 405, message=_("このアドレスは、直接は開けません。前のページのボタンから進んでください。")
    )
    shown["Allow"] = response["Allow"]
    return shown


def _json(status: int, code: str, message: str, fields: dict[str, str]) -> HttpResponseBase:
    return JsonResponse(
        {
            "error": {
                "code": code,
                "message": message,
                "fields": {name: str(text) for name, text in fields.items()},
            }
        },
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )
