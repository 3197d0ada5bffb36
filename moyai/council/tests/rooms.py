"""What tests of the council set up: a committee, a body, by the real actions where there is one."""

from __future__ import annotations

from datetime import date
from typing import Any

from moyai.council.actions.committees import establish_committee
from moyai.council.models import Committee
from moyai.tenants.public import Body

SINCE = date(2017, 4, 1)


def committee_of(by: dict[str, Any], code: str, name: str, **facts: Any) -> Committee:
    """A committee; `by` is who sets it up and when."""
    return establish_committee(
        **by, **({"code": code, "name": name, "kind": "group", "from_on": SINCE} | facts)
    )


def founded_body(code: str, name: str, slug: str, *, from_on: date = SINCE, kind: str = "city") -> Body:
    """A body of the council; its code's check digit is right or it is the test's mistake."""
    return Body.objects.create(code=code, name=name, kana="テスト", kind=kind, slug=slug, from_on=from_on)
