"""回答の検査 — one pass over an edition in dependency order: what is shown, kept, wrong, calculated and
owed.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from moyai.applications.rules.edition import CompiledEdition, ReadDate
from moyai.applications.rules.expressions.types import Facts, OfficeDay, Scope, bounded, climb
from moyai.applications.rules.kinds.base import Reading, Wrong, is_blank
from moyai.applications.rules.plan import CheckPlan, Node, PageNode, Plan
from moyai.applications.rules.result import (
    AnswerResult,
    Fee,
    FeeLine,
    Message,
    Param,
    RowMark,
    Take,
    UploadFact,
)
from moyai.applications.rules.words import ROWS, date_in_words

MOST_UNKNOWN = 20
# Groups in groups multiply: 200 × 200 × 200 rows fit into a megabyte, and would keep a process busy for minutes.
MOST_ROWS_IN_ALL = 5_000
NO_GIVEN: Mapping[str, Any] = MappingProxyType({})
GIVEN_TYPES: dict[str, type] = {"int": int, "text": str, "date": datetime.date, "bool": bool}
NO_UPLOADS: Mapping[str, UploadFact] = MappingProxyType({})
_LAST = 10**9  # errors about unknown fields stand after all others


def answer(
    compiled: CompiledEdition,
    answers: Any,
    *,
    today: datetime.date | None = None,
    uploads: Mapping[str, UploadFact] | None = NO_UPLOADS,
    read_date: ReadDate | None = None,
    given: Mapping[str, Any] | None = None,
    office_day: OfficeDay | None = None,
    trusted: bool = False,
) -> AnswerResult:
    """回答を検査する — never raises, whatever `answers` is.

    today is the Japanese date on which the person applies; without it rules about today do not apply.
    uploads are the facts of this applicant's own uploads; None means that answers were looked at before: neither
    files nor banks nor locked values of stored answers are judged again.
    given are values by the names that the edition declares; dates also as ISO text; what does not fit its type is
    absent. office_day(day, n) gives the n-th office day after a day. trusted: locked values stand as they are, as in
    an application that was received with them.
    """
    facts = Facts(today=today, given=given_values(compiled.plan, given), office_day=office_day)
    reading = Reading(uploads=uploads, read_date=read_date)
    run = Run(plan=compiled.plan, reading=reading, facts=facts, locks=uploads is not None and not trusted)
    run.go(answers)
    return run.result()


def initial_answers(
    compiled: CompiledEdition,
    *,
    today: datetime.date | None = None,
    given: Mapping[str, Any] | None = None,
    office_day: OfficeDay | None = None,
) -> dict[str, Any]:
    """はじめから入っている回答 — what a new draft begins with: every `prefill` whose field is shown then.

    A value that its own field would refuse is left out. Rows of repeating groups are never begun.
    """
    facts = Facts(today=today, given=given_values(compiled.plan, given), office_day=office_day)
    run = Run(plan=compiled.plan, reading=Reading(), facts=facts, offers=True)
    run.go({})
    return run.result().answers


def given_values(plan: Plan, given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The given values as expressions see them: dates are dates; what does not fit its type is absent."""
    if not plan.given or not given:
        return NO_GIVEN
    found: dict[str, Any] = {}
    for name, kind in plan.given.items():
        value = given.get(name)
        if kind == "date" and isinstance(value, str):
            try:
                value = datetime.date.fromisoformat(value)
            except ValueError:
                continue
        if type(value) is GIVEN_TYPES[kind]:
            found[name] = value
    return found


@dataclass(slots=True)
class Run:
    """One pass. `places` remembers where each error belongs, so that a page can ask for its own."""

    plan: Plan
    reading: Reading
    facts: Facts
    offers: bool = False  # prefilled fields take their value as if it had been posted
    locks: bool = True  # locked fields are worked out; False: they were, and stand as they are stored
    live: dict[tuple[str, ...], list[Scope]] = field(default_factory=dict)
    pages: set[int] = field(default_factory=set)
    visible: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    errors: dict[str, tuple[tuple[int, ...], int | None, Message]] = field(default_factory=dict)
    warnings: list[tuple[str, int, Message]] = field(default_factory=list)
    calculated: dict[str, Any] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    fee: Fee | None = None
    row_count: int = 0

    def go(self, answers: Any) -> None:
        root = Scope(raw=answers if isinstance(answers, dict) else {}, facts=self.facts)
        if not isinstance(answers, dict):
            self.errors[""] = ((-1,), None, Message("not_answers"))
        self.live[()] = [root]
        self._unknown(root, ())
        for node in self.plan.order:
            if isinstance(node, PageNode):
                if node.show is None or node.show(root):
                    self.pages.add(node.page)
            else:
                self._field(node)
        for node in self.plan.later:
            self._later(node)
        for check in self.plan.checks:
            self._check(check)
        if self.plan.fee is not None:
            self._fee(root)

    # --- one field in all its rows
    # ----------------------------------------------------------------------------

    def _field(self, node: Node) -> None:
        key, on_page, show = node.id, node.page in self.pages, node.show
        for scope in self.live.get(node.groups, ()):
            raw = scope.raw.get(key)
            path = scope.path + key
            if not on_page or (show is not None and not show(scope)):
                if not is_blank(raw):
                    self.dropped.append(path)
                continue
            if node.shown:
                self.visible.add(path)
            if node.read is None:
                self._own(node, scope, path, raw)
                continue
            if node.prefill is not None:
                raw = self._prefilled(node, scope, path, raw)
            if node.always_required:
                self.required.add(path)
            if is_blank(raw):
                if node.always_required:
                    self._missing(node, scope, path)
                continue
            try:
                kept = node.read(raw, self.reading)
            except Wrong as wrong:
                scope.failed.add(key)
                for part, code, params in wrong.found:
                    self._error(node, scope, f"{path}.{part}" if part else path, code, params)
                continue
            if kept is None or kept == "":
                if node.always_required:
                    self._missing(node, scope, path)
                continue
            scope.clean[key] = kept
            scope.values[key] = node.kind.typed(kept) if node.convert else kept
            if node.field.kind in ("file", "photo"):
                self.uploads.extend(kept)
            advice = node.kind.advice(kept)
            if advice is not None:
                params = {"label": node.field.label, **advice[1]}
                self.warnings.append((path, node.page, Message(advice[0], params, scope.marks)))

    def _prefilled(self, node: Node, scope: Scope, path: str, raw: Any) -> Any:
        """What counts as posted for a field with a value from outside: of a locked one, only that value."""
        assert node.prefill is not None
        if not node.locked:
            return offered(node, scope) if self.offers and is_blank(raw) else raw
        if not self.locks:
            return raw
        value = offered(node, scope)
        if not is_blank(raw) and self._kept(node, raw) != self._kept(node, value):
            self._error(node, scope, path, "read_only", {})
        return value

    def _kept(self, node: Node, raw: Any) -> Any:
        """What would be kept of a value; of one that would be refused, the value itself."""
        try:
            return None if is_blank(raw) or node.read is None else node.read(raw, self.reading)
        except Wrong:
            return raw

    def _own(self, node: Node, scope: Scope, path: str, raw: Any) -> None:
        """Fields that are not answered one by one: 自動計算, くり返し, 説明."""
        if node.most_rows:
            self._group(node, scope, path, raw)
            return
        if not is_blank(raw):
            self._error(node, scope, path, "read_only", {})
        if node.value is not None:
            value = node.value(scope)
            if value is not None:
                scope.values[node.id] = value
                self.calculated[path] = value.isoformat() if isinstance(value, datetime.date) else value

    def _group(self, node: Node, scope: Scope, path: str, raw: Any) -> None:
        settings = node.field.settings
        counter = settings.get("counter", ROWS)
        if node.least_rows:
            self.required.add(path)
        given = [] if is_blank(raw) else raw
        if not isinstance(given, list):
            self._error(node, scope, path, "not_list", {})
            given = []
        if len(given) > node.most_rows:
            self._error(
                node,
                scope,
                path,
                "too_many_rows",
                {"max": node.most_rows, "count": len(given), "counter": counter},
            )
            given = []
        elif len(given) < node.least_rows:
            self._error(
                node,
                scope,
                path,
                "too_few_rows",
                {"min": node.least_rows, "count": len(given), "counter": counter},
            )
        self.row_count += len(given)
        if self.row_count > MOST_ROWS_IN_ALL:
            self._error(node, scope, path, "too_many_rows_in_all", {"max": f"{MOST_ROWS_IN_ALL:,}"})
            self.row_count -= len(given)
            given = []
        inside = (*node.groups, node.id)
        live = self.live.setdefault(inside, [])
        item = settings.get("item", node.field.label)
        rows = []
        for i, one in enumerate(given):
            marks = (*scope.marks, RowMark(item, counter, i + 1))
            row = one if isinstance(one, dict) else {}  # the rows after a bad one keep their numbers
            if row is not one:
                place = (*scope.key, node.place, i)
                self.errors.setdefault(f"{path}[{i}]", (place, node.page, Message("not_row", {}, marks)))
            inner = Scope(
                raw=row,
                facts=self.facts,
                path=f"{path}[{i}].",
                parent=scope,
                marks=marks,
                key=(*scope.key, node.place, i),
            )
            self._unknown(inner, inside, node.page)
            rows.append(inner)
        if rows:
            live.extend(rows)
            scope.rows[node.id] = rows
            scope.clean[node.id] = [inner.clean for inner in rows]

    def _unknown(self, scope: Scope, groups: tuple[str, ...], page: int | None = None) -> None:
        known = self.plan.known.get(groups, frozenset())
        if scope.raw.keys() <= known:
            return
        unknown = [key for key in scope.raw if key not in known]
        for key in unknown[:MOST_UNKNOWN]:
            name = _printable(key)
            self.errors.setdefault(
                scope.path + name,
                ((*scope.key, _LAST), page, Message("unknown_field", {"name": name}, scope.marks)),
            )
        if len(unknown) > MOST_UNKNOWN:
            more = Message("too_many_unknown", {"count": len(unknown) - MOST_UNKNOWN}, scope.marks)
            self.errors.setdefault(scope.path.rstrip("."), ((*scope.key, _LAST + 1), page, more))

    # --- rules that need all answers
    # ----------------------------------------------------------------------------

    def _later(self, node: Node) -> None:
        for scope in self.live.get(node.groups, ()):
            path = scope.path + node.id
            if path not in self.visible:
                continue
            if node.required is not None and node.required(scope):
                self.required.add(path)
                if node.id not in scope.values and node.id not in scope.failed:
                    self._missing(node, scope, path)
            day = scope.values.get(node.id)
            if day is None:
                continue
            earliest = node.earliest(scope) if node.earliest else None
            latest = node.latest(scope) if node.latest else None
            if earliest is not None and day < earliest:
                self._error(node, scope, path, "too_early", {"date": date_in_words(earliest)})
            elif latest is not None and day > latest:
                self._error(node, scope, path, "too_late", {"date": date_in_words(latest)})

    def _check(self, check: CheckPlan) -> None:
        anchor = self.plan.nodes[check.fields[0][0]]
        for scope in self.live.get(check.at, ()):
            if not all(self._answered(scope, *one) for one in check.fields) or check.require(scope):
                continue
            path = scope.path + anchor.id
            message = Message("check", {"text": check.text}, scope.marks)
            if check.warning:
                self.warnings.append((path, anchor.page, message))
            else:
                self.errors.setdefault(path, ((*scope.key, anchor.place), anchor.page, message))

    def _answered(self, scope: Scope, key: str, levels: int, is_group: bool) -> bool:
        """A field with a value; a group that is shown, since no rows are an answer too."""
        out = climb(levels)(scope) if levels else scope
        return out.path + key in self.visible if is_group else key in out.values

    def _fee(self, root: Scope) -> None:
        lines = []
        for line in self.plan.fee or ():
            if line.show is not None and not line.show(root):
                continue
            unit = line.unit(root) if line.unit else None
            quantity = line.quantity(root) if line.quantity else None
            if line.amount is not None:
                amount = line.amount(root)
            else:
                amount = None if unit is None or quantity is None else bounded(unit * quantity)
            if amount is not None:
                lines.append(FeeLine(line.id, line.label, amount, unit, quantity, line.source))
        total = bounded(sum(line.amount_yen for line in lines))
        if total < 0:
            self.errors.setdefault("", ((_LAST,), None, Message("fee_negative")))
        self.fee = Fee(tuple(lines), total)

    def _takes(self, root: Scope) -> tuple[Take, ...]:
        found = []
        for take in self.plan.takes:
            if take.show is not None and not take.show(root):
                continue
            pool, quantity = take.pool(root), take.quantity(root)
            if pool and quantity is not None and quantity > 0:
                found.append(Take(take.id, take.label, pool, quantity))
        return tuple(found)

    # --- messages and the result
    # ----------------------------------------------------------------------------------

    def _error(self, node: Node, scope: Scope, path: str, code: str, params: Mapping[str, Param]) -> None:
        message = Message(code, {"label": node.field.label, **params}, scope.marks)
        self.errors.setdefault(path, ((*scope.key, node.place), node.page, message))

    def _missing(self, node: Node, scope: Scope, path: str) -> None:
        self._error(node, scope, path, node.kind.missing, {})

    def result(self, *, page: int | None = None) -> AnswerResult:
        """The outcome; of one page only its own errors and warnings."""
        errors = sorted(self.errors.items(), key=lambda one: one[1][0])
        root = self.live[()][0]
        return AnswerResult(
            answers=root.clean,
            calculated=self.calculated,
            errors={
                path: message for path, (_, on, message) in errors if page is None or on is None or on == page
            },
            warnings=tuple(
                (path, message) for path, on, message in self.warnings if page is None or on == page
            ),
            dropped=tuple(self.dropped),
            fee=self.fee,
            pages=tuple(self.plan.page_ids[one] for one in sorted(self.pages)),
            visible=frozenset(self.visible),
            required=frozenset(self.required),
            uploads=tuple(self.uploads),
            takes=self._takes(root) if self.plan.takes else (),
            once_key=(self.plan.once(root) or None) if self.plan.once is not None else None,
        )


def _printable(key: Any) -> str:
    text = key if isinstance(key, str) else str(type(key).__name__)
    return "".join(one if one.isprintable() else "�" for one in text[:60])


def offered(node: Node, scope: Scope) -> Any:
    """The value of a prefill as it would be posted."""
    value = node.prefill(scope) if node.prefill is not None else None
    return value.isoformat() if isinstance(value, datetime.date) else value
