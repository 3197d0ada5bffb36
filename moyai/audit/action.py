"""`@action`: permission, refusal and deed around one verb."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Set
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from moyai.audit.deeds import record
from moyai.tenants.public import Actor, Refusal, Role, WallError, clock, current_body, looking_across

P = ParamSpec("P")
R = TypeVar("R")

Permits = Mapping[str, Set[Role]]


class NotPermitted(Refusal):
    code = "not_permitted"
    status = 403
    message = _("この操作をする権限がありません。必要な場合は、管理者に依頼してください。")  # type: ignore[assignment]


def check_permit(actor: Actor, verb: str, permits: Permits) -> None:
    """Refuse a verb that the actor's roles are not listed for; an unlisted verb is a mistake in our code."""
    if not actor.may(set(permits[verb])):
        raise NotPermitted


def action(
    verb: str,
    *,
    permits: Permits,
    refuses: Mapping[str, type[Refusal]] | None = None,
    thing: str | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """One verb of the house: keyword-only, with `actor` and `now`.

    Checks the permit table, that a transaction is open and the actor's wall with it, runs, turns the
    named constraint violations into their refusals, and leaves exactly one deed about the returned row
    (or about the keyword named by `thing`). The verb must be listed in `permits` at import.
    """
    permits[verb]

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            actor: Actor = kwargs["actor"]  # type: ignore[assignment]
            now: datetime = kwargs["now"]  # type: ignore[assignment]
            check_permit(actor, verb, permits)
            _check_wall(actor)
            if refuses:
                try:
                    with transaction.atomic():
                        result = function(*args, **kwargs)
                except IntegrityError as error:
                    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
                    if name is None or name not in refuses:
                        raise
                    raise refuses[name] from error
            else:
                result = function(*args, **kwargs)
            about = kwargs.get(thing) if thing else _row_in(result, kwargs)
            record(
                actor=actor,
                now=now,
                verb=verb,
                thing=about if isinstance(about, models.Model) else None,
                reason=str(kwargs.get("reason") or ""),
            )
            return result

        run.verb = verb  # type: ignore[attr-defined]
        return run

    return wrap


def _row_in(result: object, kwargs: Mapping[str, object]) -> object:
    if isinstance(result, models.Model):
        return result
    for value in kwargs.values():
        if isinstance(value, models.Model):
            return value
    return None


def _check_wall(actor: Actor) -> None:
    if not connection.in_atomic_block:
        raise WallError("an action runs inside a transaction")
    body = current_body()
    if (actor.body.pk if actor.body else None) != (body.pk if body else None):
        raise WallError("the actor's body is not the one whose wall is open")


@contextmanager
def reading_across(actor: Actor, reason: str) -> Any:
    """Look over all bodies, read only, on the connection of `moyai_across`; leaves a deed.

    Gives the alias for `.using(alias)`. It sees committed rows, and only columns declared `across`.
    """
    if not (actor.at_council or Role.SYSTEM in actor.roles):
        raise NotPermitted
    with transaction.atomic(using=DEFAULT_DB_ALIAS):
        record(
            actor=actor.in_body(None), now=clock.now(), verb="council.read_across", thing=None, reason=reason
        )
    with looking_across() as alias:
        yield alias
