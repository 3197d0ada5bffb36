"""資料の検査 — what the files say of each other: known names, days of their year, sums of a 決算書. Nothing is stored yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from moyai.calendars.public import fiscal_year
from moyai.council.rules.settlement import PrintedLine, PrintedSum, PrintedTotal, Side, faults
from moyai.tenants.public import code_check_digit
from moyai.web.loading.reading import Fault, Row, Seed, SeedFaulty

# (file, column) → (file, column) it names; a list column names each of its parts.
NAMES = {
    ("uses", "service"): ("services", "code"),
    ("uses", "body"): ("bodies", "name"),
    ("populations", "body"): ("bodies", "name"),
    ("committees", "parent"): ("committees", "code"),
    ("committees", "climbs_to"): ("committees", "code"),
    ("names", "committee"): ("committees", "code"),
    ("lineage", "committee"): ("committees", "code"),
    ("lineage", "follows"): ("committees", "code"),
    ("seats", "committee"): ("committees", "code"),
    ("seats", "body"): ("bodies", "name"),
    ("offices", "committee"): ("committees", "code"),
    ("offices", "rotation"): ("bodies", "name"),
    ("terms", "committee"): ("committees", "code"),
    ("terms", "body"): ("bodies", "name"),
    ("meetings", "committee"): ("committees", "code"),
    ("items", "committee"): ("committees", "code"),
    ("accounts", "service"): ("services", "code"),
    ("lines", "account"): ("accounts", "code"),
    ("budgets", "account"): ("accounts", "code"),
    ("budget_totals", "account"): ("accounts", "code"),
    ("cost_lines", "account"): ("accounts", "code"),
    ("cost_lines", "service"): ("services", "code"),
    ("entries", "account"): ("accounts", "code"),
    ("entries", "split"): ("splits", "name"),
    ("settlements", "account"): ("accounts", "code"),
    ("levels", "service"): ("services", "code"),
    ("monthly", "service"): ("services", "code"),
    ("events", "service"): ("services", "code"),
    ("event_attendance", "event"): ("events", "name"),
    ("figures", "table"): None,
}
# What is there once.
ONCE = {
    "council": (),
    "bodies": ("code",),
    "services": ("code",),
    "uses": ("service", "body"),
    "committees": ("code",),
    "offices": ("committee", "code"),
    "meetings": ("committee", "fiscal_year", "number"),
    "items": ("committee", "fiscal_year", "meeting", "position"),
    "accounts": ("code",),
    "lines": ("account", "side", "code"),
    "budget_totals": ("account", "side"),
    "cost_lines": ("account", "code"),
    "settlements": ("account", "fiscal_year"),
    "monthly": ("service", "month"),
    "tables": ("table",),
    "figures": ("table", "row", "column"),
    "texts": ("section", "position"),
}


def check(seed: Seed) -> None:
    """資料全体の検査. Raises SeedFaulty with everything that does not fit."""
    found = [
        *_once(seed),
        *_names(seed),
        *_bodies(seed),
        *_meetings(seed),
        *_items(seed),
        *_money(seed),
        *_figures(seed),
    ]
    if found:
        raise SeedFaulty(found)


def _once(seed: Seed) -> Iterator[Fault]:
    for file, columns in ONCE.items():
        seen: dict[tuple[object, ...], Row] = {}
        for row in seed[file]:
            key = tuple(row[column] for column in columns)
            if key in seen:
                yield row.fault(
                    f"{seen[key].line}行目と同じものが2回あります。", columns[0] if columns else ""
                )
            seen.setdefault(key, row)


def _names(seed: Seed) -> Iterator[Fault]:
    for (file, column), target in NAMES.items():
        if target is None:
            continue
        known = {row[target[1]] for row in seed[target[0]]}
        for row in seed[file]:
            given = row[column]
            for name in given if isinstance(given, list) else [given] if given else []:
                if name not in known:
                    yield row.fault(f"「{name}」は{target[0]}.csvにありません。", column)


def _bodies(seed: Seed) -> Iterator[Fault]:
    for row in seed["bodies"]:
        code = row["code"]
        if not (len(code) == 6 and code.isdecimal() and str(code_check_digit(code[:5])) == code[5]):
            yield row.fault(f"「{code}」は全国地方公共団体コードではありません。", "code")
    names = Counter(row["name"] for row in seed["bodies"])
    for row in seed["bodies"]:
        if names[row["name"]] > 1:
            yield row.fault(f"「{row['name']}」が2団体あります。", "name")


def _meetings(seed: Seed) -> Iterator[Fault]:
    committees = {row["code"]: row for row in seed["committees"]}
    years = {row["fiscal_year"] for row in seed["council"]}
    for file in ("meetings", "items", "settlements", "exchanges"):
        for row in seed[file]:
            if row["fiscal_year"] not in years:
                yield row.fault(f"{row['fiscal_year']}年度は、この資料の年度ではありません。", "fiscal_year")
    for row in seed["meetings"]:
        if fiscal_year(row["held_on"]) != row["fiscal_year"]:
            yield row.fault(f"{row['held_on']}は{row['fiscal_year']}年度の日ではありません。", "held_on")
        if row["until_on"] is not None and row["until_on"] < row["held_on"]:
            yield row.fault("終わりの日が始まりの日より前です。", "until_on")
        committee = committees.get(row["committee"])
        if committee is not None and not _alive(committee, row["held_on"]):
            yield row.fault(f"「{committee['name']}」がない日の会議です。", "held_on")
    for row in seed["committees"]:
        if row["until_on"] is not None and row["until_on"] < row["from_on"]:
            yield row.fault("終わりの日が始まりの日より前です。", "until_on")


def _alive(committee: Row, day: date) -> bool:
    return bool(
        committee["from_on"] <= day and (committee["until_on"] is None or day <= committee["until_on"])
    )


def item_key(row: Row) -> str:
    """「procurement/2/3」— how other files name an item of the year: committee, sitting, place."""
    return f"{row['committee']}/{row['meeting']}/{row['position']}"


def _items(seed: Seed) -> Iterator[Fault]:
    meetings = {(row["committee"], row["fiscal_year"], row["number"]): row for row in seed["meetings"]}
    items = {item_key(row): row for row in seed["items"]}
    for row in seed["items"]:
        meeting = meetings.get((row["committee"], row["fiscal_year"], row["meeting"]))
        if meeting is None:
            yield row.fault("この回の会議がmeetings.csvにありません。", "meeting")
            continue
        under = f"{row['committee']}/{row['meeting']}/{row['under']}"
        if row["under"] is not None and (under not in items or row["under"] >= row["position"]):
            yield row.fault("上に立つ議題が、この会議のこれより前の議題にありません。", "under")
        for origin in row["origins"]:
            lower = items.get(origin)
            if lower is None:
                yield row.fault(f"「{origin}」という議題はありません。", "origins")
                continue
            below = meetings.get((lower["committee"], lower["fiscal_year"], lower["meeting"]))
            if below is not None and below["held_on"] > meeting["held_on"]:
                yield row.fault(f"「{origin}」の会議は、この会議より後の日です。", "origins")
    for row in seed["budgets"]:
        if row["decided_by"] not in items:
            yield row.fault(f"「{row['decided_by']}」という議題はありません。", "decided_by")


# --- 決算書 ------------------------------------------------------------------------------------------


def printed(seed: Seed, account: str) -> tuple[list[PrintedLine], list[PrintedTotal], list[PrintedSum]]:
    """決算書 of an account as its files print it; `where` names file and line."""
    parts: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in seed["entries"]:
        if row["account"] == account:
            parts[row["side"], row["line"]].append(row)
    lines = []
    for row in seed["lines"]:
        if row["account"] == account:
            of_line = parts[row["side"], row["code"]]
            where = row.where
            if of_line:
                where += f"（摘要：{_places(of_line)}）"
            amounts = tuple(part["yen"] for part in of_line) or ((0,) if row["settled_yen"] else ())
            lines.append(
                PrintedLine(
                    where,
                    Side(row["side"]),
                    row["name"],
                    row["budget_yen"],
                    row["settled_yen"],
                    row["difference_yen"],
                    amounts,
                )
            )
    totals = [
        PrintedTotal(
            row.where, Side(row["side"]), row["budget_yen"], row["settled_yen"], row["difference_yen"]
        )
        for row in seed["budget_totals"]
        if row["account"] == account
    ]
    sums = [
        one
        for row in seed["settlements"]
        if row["account"] == account
        for one in (
            PrintedSum(row.where, Side.INCOME, row["income_yen"]),
            PrintedSum(row.where, Side.EXPENSE, row["expense_yen"]),
            PrintedSum(row.where, None, row["surplus_yen"]),
        )
    ]
    return lines, totals, sums


def _places(rows: Sequence[Row]) -> str:
    lines = "、".join(str(row.line) for row in rows)
    return f"{rows[0].file} {lines}行目"


def _money(seed: Seed) -> Iterator[Fault]:
    known = {(row["account"], row["side"], row["code"]) for row in seed["lines"]}
    for row in seed["entries"]:
        if (row["account"], row["side"], row["line"]) not in known:
            yield row.fault(f"「{row['line']}」という科目はlines.csvにありません。", "line")
    payers = {(row["account"], row["code"]): row for row in seed["cost_lines"]}
    for row in seed["entries"]:
        if row["cost_line"]:
            cost_line = payers.get((row["account"], row["cost_line"]))
            if cost_line is None:
                yield row.fault(
                    f"「{row['cost_line']}」という費目はcost_lines.csvにありません。", "cost_line"
                )
            elif row["count"] != cost_line["payers"]:
                yield row.fault(
                    f"団体数が{cost_line.where}の{cost_line['payers']}団体と合いません。", "count"
                )
    for row in seed["splits"]:
        of_split = [entry["yen"] for entry in seed["entries"] if entry["split"] == row["name"]]
        if sum(of_split) != row["yen"]:
            yield row.fault(f"分けた額の合計（{sum(of_split):,}）と合いません。", "yen")
    for account in seed["accounts"]:
        lines, totals, sums = printed(seed, account["code"])
        for fault in faults(lines, totals, sums):
            file, _space, rest = fault.where.partition(" ")
            line = rest.partition("行目")[0]
            yield Fault(file, int(line), fault.words + rest.partition("行目")[2])


# --- 統計表 ------------------------------------------------------------------------------------------


def _figures(seed: Seed) -> Iterable[Fault]:
    columns: dict[str, dict[str, str]] = {}
    for row in seed["tables"]:
        try:
            columns[row["table"]] = {one["key"]: one["kind"] for one in described(row["columns"])}
        except ValueError as fault:
            yield row.fault(str(fault), "columns")
    told = {row["table"] for row in seed["figures"]}
    for row in seed["tables"]:
        if row["table"] not in told:
            yield row.fault("この表の数値がfigures.csvにありません。", "table")
    for row in seed["figures"]:
        kinds = columns.get(row["table"])
        if kinds is not None and row["column"] not in kinds:
            yield row.fault(f"「{row['column']}」という列は、この表にありません。", "column")
        yield from _cell(row)


def _cell(row: Row) -> Iterator[Fault]:
    given = row["value"]
    if row["kind"] == "none":
        if given:
            yield row.fault("値のない欄（none）に値があります。", "value")
    elif not given:
        yield row.fault("空です。", "value")
    elif row["kind"] != "text":
        digits = given.removeprefix("-").replace(".", "", 1)
        if not (digits.isdecimal() and digits.isascii()):
            yield row.fault(f"「{given}」は数値ではありません。", "value")


def described(columns: Sequence[str]) -> list[dict[str, object]]:
    """列の説明を読む — "total=受付総数|sum staff internet", "rate=稼働率|percent2", "text=内容|text"."""
    found: list[dict[str, object]] = []
    for one in columns:
        key, equals, rest = one.partition("=")
        label, *options = rest.split("|")
        if not equals or not key or not label:
            raise ValueError(f"「{one}」は列の説明ではありません（例：count=件数）。")
        column: dict[str, object] = {"key": key, "label": label, "kind": "number", "places": 0}
        for option in options:
            if option in ("yen", "text", "number"):
                column["kind"] = option
            elif option.startswith("percent") and option[7:].isdecimal():
                column |= {"kind": "percent", "places": int(option[7:]), "down": False}
            elif option.startswith("sum "):
                column["sum_of"] = option.split()[1:]
            elif option.startswith("change ") and len(option.split()) == 3:
                column["change"] = option.split()[1:]
            else:
                raise ValueError(f"「{option}」という列の性質はありません。")
        found.append(column)
    keys = {column["key"] for column in found}
    for column in found:
        for name in (*column.get("sum_of", ()), *column.get("change", ())):  # type: ignore[misc]
            if name not in keys:
                raise ValueError(f"「{name}」という列は、この表にありません。")
    return found
