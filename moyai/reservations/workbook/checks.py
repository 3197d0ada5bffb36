"""マスタの点検 — what must hold between the rows of all sheets, whoever wrote them and wherever."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from moyai.reservations.rules.policies import problems
from moyai.reservations.workbook.nouns import NOUNS, PLAIN, Key, Masters, Row

ALWAYS = date.max


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: its noun and key, the name of the column ("" for the row), in the clerk's words.

    Of a policy, `column` is what the place in the document is called, and `path` leads to it.
    """

    noun: str
    key: Key
    column: str
    text: str
    path: tuple[str | int, ...] = ()


def faults(masters: Masters, today: date) -> list[Fault]:
    """Everything wrong between the rows; empty when the masters are whole."""
    found: list[Fault] = []
    for noun in PLAIN:
        for key, row in masters[noun.name].items():
            found += _of_row(masters, noun.name, key, row)
    found += _of_rooms(masters, today)
    found += _overlaps(masters)
    return found


def policy_faults(before: Masters, after: Masters, today: date) -> list[Fault]:
    """What is wrong with the policies that differ: their place, their day, their document."""
    found: list[Fault] = []
    for key, row in after["policies"].items():
        old = before["policies"].get(key)
        if old == row:
            continue
        if row["facility"] and (row["facility"],) not in after["facilities"]:
            words = {"code": row["facility"]}
            found.append(Fault("policies", key, _("施設コード"), _("施設コード「%(code)s」は「施設」にありません。") % words))
        elif row["room"] and (row["facility"], row["room"]) not in after["rooms"]:
            words = {"facility": row["facility"], "code": row["room"]}
            text = _("施設「%(facility)s」に室場コード「%(code)s」はありません。") % words
            found.append(Fault("policies", key, _("室場コード"), text))
        if old is not None and row["from_on"] <= today:
            text = _("適用が始まっている決まりは変えられません。新しい適用開始日で追加してください。")
            found.append(Fault("policies", key, _("適用開始日"), text))
        if not row["source"]:
            text = _("条例・規則の名前と条か、団体の定めであることを書いてください。")
            found.append(Fault("policies", key, _("条例・規則"), text))
        found += document_faults(key, row["document"])
    return found


def document_faults(key: Key, document: Any) -> list[Fault]:
    """What is wrong in the document of a policy, by its places."""
    return [
        Fault("policies", key, problem.where, problem.text, tuple(problem.path))
        for problem in problems(key[0], document)
    ]


def in_force(row: Row, today: date) -> bool:
    """Whether the row is, or will be, used."""
    until = row.get("used_until")
    return until is None or until >= today


def _of_row(masters: Masters, noun: str, key: Key, row: Row) -> Iterator[Fault]:
    def fault(column: str, text: str) -> Fault:
        return Fault(noun, key, column, text)

    if noun != "facilities" and "facility" in row and (row["facility"],) not in masters["facilities"]:
        yield fault("facility", _("施設コード「%(code)s」は「施設」にありません。") % {"code": row["facility"]})
        return
    if (
        noun not in ("rooms", "equipment")
        and row.get("room")
        and (row["facility"], row["room"]) not in masters["rooms"]
    ):
        words = {"facility": row["facility"], "code": row["room"]}
        yield fault("room", _("施設「%(facility)s」に室場コード「%(code)s」はありません。") % words)
        return
    if row.get("used_from") and row.get("used_until") and row["used_until"] < row["used_from"]:
        yield fault("used_until", _("利用終了日は、利用開始日以降にしてください。"))
    check = {"rooms": _room, "units": _unit, "frames": _frame, "equipment": _equipment, "special_days": _special}
    for column, text in check[noun](masters, row) if noun in check else ():
        yield fault(column, text)


def _room(masters: Masters, row: Row) -> Iterator[tuple[str, str]]:
    for code in row["purposes"]:
        if (code,) not in masters["purposes"]:
            yield "purposes", _("利用目的コード「%(code)s」は「利用目的」にありません。") % {"code": code}
    step = int(row["step_minutes"])
    for name in ("prepare_minutes", "clear_minutes"):
        if row[name] and not step:
            yield name, _("コマの室場では、準備と片付けの時間は使えません。コマの間を空けてください。")
        elif row[name] and row[name] % step:
            yield name, _("%(step)s分の倍数にしてください。") % {"step": step}
    if row["main"]:
        main = masters["rooms"].get((row["facility"], row["main"]))
        if main is None:
            words = {"facility": row["facility"], "code": row["main"]}
            yield "main", _("施設「%(facility)s」に室場コード「%(code)s」はありません。") % words
        elif row["main"] == row["code"] or main["main"]:
            yield "main", _("付属室場の親は、付属室場ではないほかの室場にしてください。")
    elif not row["alone"]:
        yield "alone", _("単独で使えない室場には、親の室場コードを入れてください。")


def _unit(masters: Masters, row: Row) -> Iterator[tuple[str, str]]:
    if row["used_until"] is not None:
        return
    for code in row["parts"]:
        if (row["facility"], row["room"], code) not in masters["parts"]:
            yield "parts", _("区画コード「%(code)s」は、この室場の「区画」にありません。") % {"code": code}


def _frame(masters: Masters, row: Row) -> Iterator[tuple[str, str]]:
    if row["ends"] <= row["starts"]:
        yield "ends", _("終了は、開始より後の時刻にしてください。")
    room = masters["rooms"][(row["facility"], row["room"])]
    if room["step_minutes"] != "0" and row["used_until"] is None:
        yield "room", _("この室場は時間単位で貸します。コマは使えません。")


def _equipment(masters: Masters, row: Row) -> Iterator[tuple[str, str]]:
    for code in row["rooms"]:
        if (row["facility"], code) not in masters["rooms"]:
            words = {"facility": row["facility"], "code": code}
            yield "rooms", _("施設「%(facility)s」に室場コード「%(code)s」はありません。") % words


def _special(masters: Masters, row: Row) -> Iterator[tuple[str, str]]:
    opens, closes = row["opens"], row["closes"]
    if row["kind"] == "closed":
        if opens is not None or closes is not None:
            yield "opens", _("休館の日には、時刻を入れません。")
    elif opens is None or closes is None:
        yield "opens", _("開館の日には、開館時刻と閉館時刻を入れてください。")
    elif closes <= opens:
        yield "closes", _("閉館時刻は、開館時刻より後にしてください。")


def _of_rooms(masters: Masters, today: date) -> Iterator[Fault]:
    """A room that is used has parts and units, and one that goes by コマ has コマ."""
    has: dict[str, set[Key]] = {
        noun: {key[:2] for key, row in masters[noun].items() if in_force(row, today)}
        for noun in ("parts", "units", "frames")
    }
    for key, row in masters["rooms"].items():
        if not in_force(row, today) or (row["facility"],) not in masters["facilities"]:
            continue
        for noun in ("parts", "units"):
            if key not in has[noun]:
                words = {"sheet": NOUNS[noun].sheet}
                yield Fault("rooms", key, "code", _("この室場の「%(sheet)s」が1つもありません。") % words)
        if row["published"] and row["step_minutes"] == "0" and key not in has["frames"]:
            yield Fault("rooms", key, "step_minutes", _("公開する室場に「コマ」が1つもありません。"))


def _overlaps(masters: Masters) -> Iterator[Fault]:
    """コマ of a room that meet on a day of which both are in force."""
    of_room: dict[Key, list[tuple[Key, Row]]] = defaultdict(list)
    for key, row in masters["frames"].items():
        of_room[key[:2]].append((key, row))
    for rows in of_room.values():
        rows.sort(key=lambda one: (one[1]["starts"], one[1]["used_from"], one[0]))
        for at, (key, row) in enumerate(rows):
            for _other, earlier in rows[:at]:
                if (
                    earlier["ends"] > row["starts"]
                    and earlier["used_from"] <= (row["used_until"] or ALWAYS)
                    and row["used_from"] <= (earlier["used_until"] or ALWAYS)
                ):
                    yield Fault(
                        "frames",
                        key,
                        "starts",
                        _("同じ期間のコマ「%(name)s」と時間が重なっています。") % {"name": earlier["name"]},
                    )
                    break
