"""Refusals that every draw knows: it is over, or what was given is no seed of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from moyai.tenants.public import Refusal


class AlreadyDrawn(Refusal):
    code = "already_drawn"
    status = 409
    message = lazy("この抽選は終わっています。結果は変えられません。")  # type: ignore[assignment]


class SeedRefused(Refusal):
    """Not a seed, another value than the first official's, or not from where it was declared."""

    code = "seed_refused"
    status = 422
    message = lazy("種は、半角の英数字と記号で6字から128字にしてください。")  # type: ignore[assignment]
