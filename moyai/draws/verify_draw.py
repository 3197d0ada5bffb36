#!/usr/bin/env python3
"""Check a published draw: python3 verify_draw.py FOLDER_OR_ZIP, or python3 verify_draw.py proof.json

公開された抽選を確かめるプログラムです。Python 3.8以降だけで動き、ほかに何もいりません。

FOLDER holds draw.json, entries.txt (the list as frozen) and, after the draw, order.txt. Checked:
  1. the list is sorted by id and no id is there twice;
  2. its SHA-256 Merkle root (RFC 6962) is the one that was published at the freeze;
  3. the order is that of SHA-256(seed | label | id), lower first, equal ones by id;
  4. who won is who still fitted, one after the other.
A draw with ranked wishes (format moyai-draw-2: entries `id|class|group|cap|wish|wish...`) also has places.json and, where
every place is drawn by itself, slots.txt. There is checked besides:
  5. places.json is the file of the freeze (its SHA-256 stands in draw.json);
  6. a seed from drand is the SHA-256 of the signature of the round that was declared; a seed chosen before fits its
     commitment;
  7. every winner, the wish he got, and the order of those who wait are worked out again in the mode of the round.
A changed, missing or added entry is named. proof.json shows that one entry stands in the list with that root.
Answers 0 when all holds, 1 when something does not, 2 when it cannot be read.
"""

import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path


def sha(data):
    return hashlib.sha256(data).digest()


def leaf(line):
    return sha(b"\x00" + line.encode("ascii"))


def merkle_root(lines):
    level = [leaf(line) for line in lines]
    if not level:
        return sha(b"").hex()
    while len(level) > 1:
        above = [sha(b"\x01" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0].hex()


def ticket(seed, label, entry_id):
    return hashlib.sha256("|".join((seed, label, entry_id)).encode("ascii")).hexdigest()


def id_of(line):
    return line.split("|")[0]


def quantity_of(line):
    return int(line.split("|")[-1]) if "|" in line else 1


def read(place):
    """The files of a folder or of a zip, by name; files that are not there are left out."""
    names = ("draw.json", "entries.txt", "order.txt", "places.json", "slots.txt")
    found = {}
    folder = Path(place)
    if folder.is_dir():
        for name in names:
            if (folder / name).exists():
                found[name] = (folder / name).read_text(encoding="utf-8")
        return found
    with zipfile.ZipFile(place) as archive:
        for path in archive.namelist():
            name = path.split("/")[-1]
            if name in found:
                raise ValueError(f"{name} is there twice")
            if name in names:
                found[name] = archive.read(path).decode("utf-8")
    return found


def check_list(draw, lines):
    faults = []
    for at, line in enumerate(lines[1:]):
        before = lines[at]
        if id_of(before) == id_of(line):
            faults.append(f"申込み {id_of(line)} が名簿に2度あります")
        elif id_of(before) > id_of(line):
            faults.append(f"申込み {id_of(line)} の位置が違います（名簿は番号の順）")
    if len(lines) != draw["count"]:
        faults.append(f"名簿は{len(lines)}件ですが、{draw['count']}件と公表されています")
    if merkle_root(lines) != draw["root"]:
        faults.append(f"名簿の根（Merkle root）が公表された値と違います：{merkle_root(lines)}")
    return faults


def compare(lines, others):
    """Name what differs between the list and the entries in the order."""
    listed = {id_of(line): line for line in lines}
    ordered = {id_of(line): line for line in others}
    faults = [f"申込み {one} が名簿にあり、結果にありません" for one in sorted(set(listed) - set(ordered))]
    faults += [f"申込み {one} が結果にあり、名簿にありません" for one in sorted(set(ordered) - set(listed))]
    for one in sorted(set(listed) & set(ordered)):
        if listed[one] != ordered[one]:
            faults.append(f"申込み {one} の内容が違います：名簿 {listed[one]}、結果 {ordered[one]}")
    return faults


def check_order(draw, rows):
    """rows: (ticket, outcome, line) in the published order."""
    faults, seed, label = [], draw["seed"], draw["label"]
    tickets = [(ticket(seed, label, id_of(line)), id_of(line)) for _ticket, _outcome, line in rows]
    for at, (number, one) in enumerate(tickets):
        if number != rows[at][0]:
            faults.append(f"申込み {one} の抽選番号が違います：{number}")
    for at, (_number, expected) in enumerate(sorted(tickets)):
        if tickets[at][1] != expected:
            faults.append(f"順番が違います：{at + 1}番目は {expected} です")
            break
    left = draw.get("places")
    if not isinstance(left, int):
        return [*faults, "枠の数（places）がありません。当落を確かめられません"]
    for _ticket, outcome, line in rows:
        if outcome == "withdrawn":
            continue
        fits = quantity_of(line) <= left
        if fits:
            left -= quantity_of(line)
        if outcome != ("won" if fits else "not_won"):
            faults.append(f"申込み {id_of(line)} の当落が違います（{outcome} と公表）")
    return faults


def person_of(line):
    head, point, _number = id_of(line).rpartition(".")
    return head if point else id_of(line)


def overlaps(taken, parts, day, starts, ends):
    for part in parts:
        for begins, stops in taken.get((part, day), ()):
            if begins < ends and starts < stops:
                return True
    return False


def read_place(place, units):
    unit, day, times = place.split(":")
    starts, ends = times.split("-")
    return units[unit]["parts"], day, int(starts), int(ends)


class Room:
    """What is taken: of each part on each day the times from-to."""

    def __init__(self, places):
        self.units = places["units"]
        self.taken = {}
        self.known = set()  # places seen to be taken: they stay so
        for part, day, minute in places["taken"]:
            self.taken.setdefault((part, day), []).append((minute, minute + 1))

    def free(self, place):
        if place in self.known:
            return False
        if overlaps(self.taken, *read_place(place, self.units)):
            self.known.add(place)
            return False
        return True

    def take(self, place):
        if not self.free(place):
            return False
        parts, day, starts, ends = read_place(place, self.units)
        for part in parts:
            self.taken.setdefault((part, day), []).append((starts, ends))
        self.known.add(place)
        return True


class Round:
    """A draw with wishes, worked out again from list, places and seed."""

    def __init__(self, draw, lines, places):
        self.draw, self.lines, self.room = draw, lines, Room(places)
        self.wins = {}
        self.got = {}  # id of an entry: number of the wish it got
        self.slots = []  # mode slot: [place, [(ticket, id)], id of who got it]
        self.first = {}
        for line in lines:
            self.first.setdefault(person_of(line), id_of(line))
        self.order = sorted(
            (self.rank(line), self.ticket_of(line, draw["label"]), id_of(line), line) for line in lines
        )
        {"person": self.by_person, "wish": self.by_wish, "slot": self.by_slot}[draw["mode"]]()

    def rank(self, line):
        _id, resident_class, group = line.split("|")[:3]
        first = self.draw["classes_first"]
        among = first.index(resident_class) if resident_class in first else len(first)
        return (among, 1 if self.draw["groups_first"] and group != "g" else 0)

    def ticket_of(self, line, label):
        return ticket(self.draw["seed"], label, self.first[person_of(line)])

    def may_win(self, line):
        return self.wins.get(person_of(line), 0) < int(line.split("|")[3])

    def give(self, line, number):
        self.got[id_of(line)] = number
        self.wins[person_of(line)] = self.wins.get(person_of(line), 0) + 1

    def by_person(self):
        for _rank, _ticket, _id, line in self.order:
            if self.may_win(line):
                for number, wish in enumerate(line.split("|")[4:], 1):
                    if self.room.take(wish):
                        self.give(line, number)
                        break

    def by_wish(self):
        for number in range(1, max([line.count("|") - 3 for line in self.lines] or [0]) + 1):
            for _rank, _ticket, one, line in self.order:
                wishes = line.split("|")[4:]
                if one in self.got or number > len(wishes) or not self.may_win(line):
                    continue
                if self.room.take(wishes[number - 1]):
                    self.give(line, number)

    def by_slot(self):
        asked = {}
        for line in self.lines:
            for wish in set(line.split("|")[4:]):
                asked.setdefault(wish, []).append(line)
        seed, label = self.draw["seed"], self.draw["label"]
        for _number, place in sorted((ticket(seed, label, place), place) for place in asked):
            ordered = sorted(
                (self.rank(line), self.ticket_of(line, f"{label}:{place}"), id_of(line), line)
                for line in asked[place]
            )
            winner = None
            if self.room.free(place):
                for _rank, _ticket, one, line in ordered:
                    if one not in self.got and self.may_win(line):
                        self.room.take(place)
                        self.give(line, line.split("|")[4:].index(place) + 1)
                        winner = one
                        break
            self.slots.append((place, [(number, one) for _rank, number, one, _line in ordered], winner))

    def outcomes(self):
        """(ticket, outcome, line) in order, as order.txt has to be."""
        waiting = 0
        for _rank, number, one, line in self.order:
            if one in self.got:
                yield number, f"won.{self.got[one]}", line
            elif not self.may_win(line):
                yield number, "capped", line
            elif self.draw["mode"] == "slot":
                yield number, "waiting", line
            else:
                waiting += 1
                yield number, f"waiting.{waiting}", line

    def slot_lines(self):
        for place, ordered, winner in self.slots:
            for at, (number, one) in enumerate(ordered, 1):
                yield f"{place} {at} {number} {'won' if one == winner else 'not_won'} {one}"


def check_seed(draw):
    faults = []
    beacon, commitment = draw.get("beacon"), draw.get("commitment")
    if draw.get("seed_kind") == "drand":
        if not beacon:
            faults.append("drandの署名がありません（beacon）")
        elif not re.search("(?<![0-9]){}(?![0-9])".format(int(beacon["round"])), draw["seed_source"]):
            faults.append("drandの回が、前もって公表された種の出どころと違います：{}".format(beacon["round"]))
    if draw.get("seed_kind") == "commitment" and not commitment:
        faults.append("前もって封印した値（commitment）がありません")
    if beacon and sha(bytes.fromhex(beacon["signature"])).hex() != draw["seed"]:
        faults.append("種は、drandの署名のSHA-256と違います")
    if commitment and sha(draw["seed"].encode("ascii")).hex() != commitment:
        faults.append("種は、前もって公表された値（commitment）に合いません")
    return faults


def check_wishes(draw, lines, rows, places, slots):
    """rows: (ticket, outcome, line) in the published order; slots: the lines of slots.txt."""
    faults = check_seed(draw)
    again = Round(draw, lines, places)
    expected = {id_of(line): (number, outcome) for number, outcome, line in again.outcomes()}
    for number, outcome, line in rows:
        if id_of(line) not in expected:
            continue
        right_number, right = expected[id_of(line)]
        if number != right_number:
            faults.append(f"申込み {id_of(line)} の抽選番号が違います：{right_number}")
        if outcome != right:
            faults.append(f"申込み {id_of(line)} の当落が違います（{outcome} と公表、正しくは {right}）")
    for at, right in enumerate(again.outcomes()):
        if at >= len(rows) or id_of(right[2]) != id_of(rows[at][2]):
            faults.append(f"順番が違います：{at + 1}番目は {id_of(right[2])} です")
            break
    for at, line in enumerate(again.slot_lines()):
        if at >= len(slots) or slots[at] != line:
            faults.append(f"slots.txtの{at + 1}行目が違います：正しくは {line}")
            break
    if len(slots) > sum(len(ordered) for _place, ordered, _winner in again.slots):
        faults.append("slots.txtに余分な行があります")
    return faults


def check(files):
    """Everything that does not hold, as sentences; and what was checked."""
    draw = json.loads(files["draw.json"])
    lines = files["entries.txt"].splitlines()
    faults, said = check_list(draw, lines), [f"名簿 {len(lines)}件、根 {draw['root']}"]
    with_wishes = draw.get("format") == "moyai-draw-2"
    if with_wishes and sha(files["places.json"].encode("utf-8")).hex() != draw["places_sha256"]:
        faults.append("places.jsonが公表された値（places_sha256）と違います")
    if not with_wishes and draw.get("format") != "moyai-draw-1":
        faults.append("知らない形式です：{}".format(draw.get("format")))
    if not draw.get("seed"):
        return faults, [*said, "抽選はまだです（種：{}）".format(draw["seed_source"])]
    if "order.txt" not in files:
        return [*faults, "order.txtがありません"], said
    rows = [line.split(" ", 3) for line in files["order.txt"].splitlines()]
    for at, (rank, _ticket, _outcome, line) in enumerate(rows, 1):
        if rank != str(at):
            faults.append(f"申込み {id_of(line)} の順番の数字が違います（{at}番目に {rank} とあります）")
    rows = [(number, outcome, line) for _rank, number, outcome, line in rows]
    faults += compare(lines, [line for _ticket, _outcome, line in rows])
    if len(rows) != len({id_of(line) for _ticket, _outcome, line in rows}):
        faults.append("結果に同じ申込みが2度あります")
    mode = ""
    if with_wishes:
        slots = files.get("slots.txt", "").splitlines()
        faults += check_wishes(draw, lines, rows, json.loads(files["places.json"]), slots)
        mode = "、方式 " + draw["mode"]
    else:
        faults += check_order(draw, rows)
    won = sum(1 for _ticket, outcome, _line in rows if outcome.split(".")[0] == "won")
    said.append("種 {}（{}）{}、当選 {}件".format(draw["seed"], draw["seed_source"], mode, won))
    return faults, said


def check_proof(proof):
    """Whether the entry of a proof stands in the list with its root (RFC 6962, section 2.1.1)."""
    at, last, value = proof["index"], proof["size"] - 1, leaf(proof["entry"])
    if not 0 <= at <= last:
        return ["位置が名簿の外です"]
    for step in proof["path"]:
        if last == 0:
            return ["証明が長すぎます"]
        beside = bytes.fromhex(step)
        if at % 2 or at == last:
            value = sha(b"\x01" + beside + value)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            value = sha(b"\x01" + value + beside)
        at, last = at // 2, last // 2
    if last or value.hex() != proof["root"]:
        return ["申込み {} は、この根の名簿にありません".format(id_of(proof["entry"]))]
    return []


def main(arguments):
    if len(arguments) != 1:
        print(__doc__)
        return 2
    place = arguments[0]
    try:
        if place.endswith(".json") and Path(place).is_file():
            proof = json.loads(Path(place).read_text(encoding="utf-8"))
            faults, said = check_proof(proof), ["申込み {}、根 {}".format(proof["entry"], proof["root"])]
        else:
            faults, said = check(read(place))
    except (
        OSError,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        AttributeError,
        zipfile.BadZipFile,
    ) as error:
        print(f"読み取れません：{type(error).__name__} {error}")
        return 2
    for line in said:
        print(line)
    for fault in faults:
        print("✖ " + fault)
    print("✖ 一致しません (does not verify)" if faults else "✔ 一致しました (verified)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
