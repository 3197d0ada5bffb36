#!/usr/bin/env python3
"""Check a published draw: python3 verify_draw.py FOLDER_OR_ZIP, or python3 verify_draw.py proof.json

公開された抽選を確かめるプログラムです。Python 3.8以降だけで動き、ほかに何もいりません。

FOLDER holds draw.json, entries.txt (the list as frozen) and, after the draw, order.txt. Checked:
  1. the list is sorted by id and no id is there twice;
  2. its SHA-256 Merkle root (RFC 6962) is the one that was published at the freeze;
  3. the order is that of SHA-256(seed | label | id), lower first, equal ones by id;
  4. who won is who still fitted, one after the other.
A changed, missing or added entry is named. proof.json shows that one entry stands in the list with that root.
Answers 0 when all holds, 1 when something does not, 2 when it cannot be read.
"""

import hashlib
import json
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
    names = ("draw.json", "entries.txt", "order.txt")
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


def check_order(draw, lines, rows):
    """rows: (ticket, outcome, line) in the published order."""
    faults = compare(lines, [line for _ticket, _outcome, line in rows])
    if len(rows) != len({id_of(line) for _ticket, _outcome, line in rows}):
        faults.append("結果に同じ申込みが2度あります")
    seed, label = draw["seed"], draw["label"]
    tickets = [(ticket(seed, label, id_of(line)), id_of(line)) for _ticket, _outcome, line in rows]
    for at, (number, one) in enumerate(tickets):
        if number != rows[at][0]:
            faults.append(f"申込み {one} の抽選番号が違います：{number}")
    for at, (_number, expected) in enumerate(sorted(tickets)):
        if tickets[at][1] != expected:
            faults.append(f"順番が違います：{at + 1}番目は {expected} です")
            break
    left = draw.get("places")
    if left is None:
        return faults
    for _ticket, outcome, line in rows:
        if outcome == "withdrawn":
            continue
        fits = quantity_of(line) <= left
        if fits:
            left -= quantity_of(line)
        if outcome != ("won" if fits else "not_won"):
            faults.append(f"申込み {id_of(line)} の当落が違います（{outcome} と公表）")
    return faults


def check(files):
    """Everything that does not hold, as sentences; and what was checked."""
    draw = json.loads(files["draw.json"])
    lines = files["entries.txt"].splitlines()
    faults = check_list(draw, lines)
    said = [f"名簿 {len(lines)}件、根 {draw['root']}"]
    if draw.get("seed"):
        if "order.txt" not in files:
            return [*faults, "order.txtがありません"], said
        rows = []
        for line in files["order.txt"].splitlines():
            _rank, number, outcome, entry = line.split(" ", 3)
            rows.append((number, outcome, entry))
        faults += check_order(draw, lines, rows)
        won = sum(1 for _ticket, outcome, _line in rows if outcome == "won")
        said.append(f"種 {draw['seed']}（{draw['seed_source']}）、当選 {won}件")
    else:
        said.append("抽選はまだです（種：{}）".format(draw["seed_source"]))
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
