"""マイページ: what the services have for the person who is signed in. Each registers a builder at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from moyai.tenants.public import Actor


@dataclass(frozen=True, slots=True)
class MyRow:
    """One thing of the person's: an application, a booking, a charge."""

    title: str
    url: str = ""
    state: Mapping[str, str] | None = None  # {"kind": "progress", "word": "審査中"}
    on: date | datetime | None = None  # when it happened, or is due
    note: str = ""  # one short line, already in the reader's language


@dataclass(frozen=True, slots=True)
class MySection:
    """What one service shows: its newest rows (five are printed) and what waits for the person.

    `todo` rows stand on top of the page with those of all services, in order of `on`; their `title` says
    what to do ("補正：住民票の写し"). `empty` is the sentence when there is nothing.
    """

    title: str
    rows: tuple[MyRow, ...] = ()
    empty: str = ""
    todo: tuple[MyRow, ...] = ()
    all_url: str = ""  # the whole list, where there is one


Builder = Callable[[Actor, datetime], MySection | None]


class _MyPage:
    def __init__(self) -> None:
        self._builders: dict[str, Builder] = {}

    def register(self, name: str, builder: Builder) -> None:
        """Call in AppConfig.ready(); sections stand in the order of their services. A name counts once.

        `builder(actor, now)` runs inside the wall of the body whose portal is read, for `actor.account_id`;
        None leaves the section out. It makes the same few queries however much the person has.
        """
        if self._builders.get(name, builder) is not builder:
            raise ValueError(f"the section {name} of the page is registered twice")
        self._builders[name] = builder

    def sections(self, actor: Actor, now: datetime) -> list[MySection]:
        built = (builder(actor, now) for builder in self._builders.values())
        return [section for section in built if section is not None]


my_page = _MyPage()
