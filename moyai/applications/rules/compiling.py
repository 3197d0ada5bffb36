"""Editions checked and compiled: ids, types, scopes, order, reach.

A document with any fault compiles to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from moyai.applications.rules.edition import (
    CompiledEdition,
    EditionProblem,
    EditionRefused,
    Field,
    Page,
    content_hash,
)
from moyai.applications.rules.expressions.builder import Builder, Declared
from moyai.applications.rules.expressions.types import BOOL, DATE, INT, Expression, Type
from moyai.applications.rules.guard import guard
from moyai.applications.rules.kinds import KINDS
from moyai.applications.rules.order import in_order
from moyai.applications.rules.plan import CheckPlan, FeeLinePlan, Node, PageNode, Plan
from moyai.applications.rules.reach import unreachable
from moyai.applications.rules.result import Message
from moyai.applications.rules.schema import APPLICANT_KINDS, structure_problems

DEEPEST_GROUP = 3
_OWN_SETTINGS = frozenset({"id", "kind", "label", "hint", "show_if", "fields"})
_INDIVIDUAL_NUMBER = ("個人番号", "マイナンバー", "mynumber", "individualnumber")


def check_edition(document: Any) -> list[EditionProblem]:
    """版の検査 — every fault of the document, each with its JSON path; an empty list means it can be
    published.
    """
    return _compile(document)[1]


def compile_edition(document: Mapping[str, Any]) -> CompiledEdition:
    """The document made ready to run. Raises EditionRefused with every problem.

    Keep the result: it is not cheap.
    """
    compiled, problems = _compile(document)
    if compiled is None:
        raise EditionRefused(problems)
    return compiled


def _compile(document: Any) -> tuple[CompiledEdition | None, list[EditionProblem]]:
    problems = guard(document)
    if not problems:
        problems = structure_problems(document)
    if problems:
        return None, problems
    compiler = _Compiler(document)
    compiled = compiler.compile()
    return (None if compiler.problems else compiled), compiler.problems


class _Compiler:
    """One document on its way to a plan. Its structure is known to fit the schema."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.problems: list[EditionProblem] = []
        self.declared: dict[str, Declared] = {}
        self.fields: dict[str, Field] = {}
        self.sources: list[tuple[dict[str, Any], str, Field, int]] = []  # raw field, path, field, page
        self.reads: dict[str, frozenset[str]] = {}
        constants = {name: one["value"] for name, one in document.get("constants", {}).items()}
        self.builder = Builder(fields=self.declared, constants=constants, problems=self.problems)

    def compile(self) -> CompiledEdition:
        pages = self._declare()
        if self.problems:  # ids that clash make every later word about them doubtful
            return self._edition(pages, None)
        page_nodes = self._pages()
        nodes = [
            self._node(raw, path, field, page, place)
            for place, (raw, path, field, page) in enumerate(self.sources)
        ]
        checks = [self._check(raw, f"$.checks[{i}]") for i, raw in enumerate(self.document.get("checks", []))]
        fee = self._fee()
        self._once(
            [(raw["id"], f"$.checks[{i}].id") for i, raw in enumerate(self.document.get("checks", []))]
        )
        applicant = self._applicant()
        in_flight = self.document.get("in_flight", {})
        if "until" in in_flight:
            self.builder.date(in_flight["until"], path="$.in_flight.until")
        if self.problems:
            return self._edition(pages, None)
        order, cycle = in_order(page_nodes, nodes, self.reads)
        if cycle:
            path = next(path for raw, path, _, _ in self.sources if raw["id"] == cycle[0])
            self._problem(path, "e_cycle", ids="、".join(cycle[:10]))
            return self._edition(pages, None)
        for index in unreachable(order, self.reads):
            where = (
                f"$.pages[{index}]"
                if isinstance(index, int)
                else next(path for raw, path, _, _ in self.sources if raw["id"] == index)
            )
            self._problem(f"{where}.show_if", "e_unreachable")
        known: dict[tuple[str, ...], set[str]] = {(): set()}
        for node in nodes:
            known.setdefault(node.groups, set()).add(node.id)
        plan = Plan(
            order=tuple(order),
            nodes=MappingProxyType({node.id: node for node in nodes}),
            known=MappingProxyType({groups: frozenset(ids) for groups, ids in known.items()}),
            later=tuple(node for node in nodes if node.required or node.earliest or node.latest),
            checks=tuple(check for check in checks if check is not None),
            fee=fee,
            page_ids=tuple(page.id for page in pages),
        )
        return replace(self._edition(pages, plan), applicant=applicant)

    def _edition(self, pages: tuple[Page, ...], plan: Plan | None) -> CompiledEdition:
        document = self.document
        empty = Plan(order=(), nodes={}, known={}, later=(), checks=(), fee=None, page_ids=())
        return CompiledEdition(
            procedure=document["procedure"],
            title=document["title"],
            content_hash=content_hash(document),
            in_flight=MappingProxyType(dict(document.get("in_flight", {"policy": "continue"}))),
            applicant={},
            pages=pages,
            fields=MappingProxyType(self.fields),
            has_fee="fee" in document,
            plan=plan or empty,
        )

    def _problem(self, path: str, code: str, **params: str | int) -> None:
        self.problems.append(EditionProblem(path, Message(code, params)))

    def _once(self, ids: list[tuple[str, str]]) -> None:
        seen: set[str] = set()
        for one, path in ids:
            if one in seen:
                self._problem(path, "e_duplicate_id", id=one)
            seen.add(one)

    # --- what there is --------------------------------------------------------------------------------------

    def _declare(self) -> tuple[Page, ...]:
        pages = []
        self._once([(raw["id"], f"$.pages[{i}].id") for i, raw in enumerate(self.document["pages"])])
        for i, raw in enumerate(self.document["pages"]):
            fields = tuple(
                self._field(one, f"$.pages[{i}].fields[{k}]", raw["id"], i, ())
                for k, one in enumerate(raw["fields"])
            )
            pages.append(
                Page(
                    id=raw["id"],
                    title=raw["title"],
                    intro=raw.get("intro", ""),
                    conditional="show_if" in raw,
                    fields=fields,
                )
            )
        return tuple(pages)

    def _field(
        self, raw: dict[str, Any], path: str, page_id: str, page: int, groups: tuple[str, ...]
    ) -> Field:
        kind = KINDS[raw["kind"]]
        if raw["id"] in self.declared:
            self._problem(f"{path}.id", "e_duplicate_id", id=raw["id"])
        faults = list(kind.faults(raw))
        for below, code, params in faults:
            self._problem(path + below, code, **params)
        label = raw.get("label", "")
        squeezed = label.replace(" ", "").replace("　", "").replace("_", "").lower()
        if kind.free and any(word in squeezed for word in _INDIVIDUAL_NUMBER):
            self._problem(f"{path}.label", "e_individual_number")
        required: bool | None = False
        if kind.can_be_optional:
            given = raw.get("required", kind.name == "consent")
            required = given if isinstance(given, bool) else None
        elif kind.name == "group":
            required = raw.get("min", 0) > 0
        self.declared[raw["id"]] = Declared(
            id=raw["id"],
            type=kind.value_type(raw),
            groups=groups,
            page=page,
            parts=kind.parts(raw),
            label=label,
        )
        place = len(self.sources)
        # filled below, once its fields are known
        self.sources.append((raw, path, None, page))  # type: ignore[arg-type]
        inner: tuple[Field, ...] = ()
        if kind.name == "group":
            if len(groups) >= DEEPEST_GROUP:
                self._problem(path, "e_group_depth", max=DEEPEST_GROUP)
            else:
                inner = tuple(
                    self._field(one, f"{path}.fields[{k}]", page_id, page, (*groups, raw["id"]))
                    for k, one in enumerate(raw["fields"])
                )
        field = Field(
            id=raw["id"],
            kind=kind.name,
            label=label,
            hint=raw.get("hint", ""),
            page_id=page_id,
            groups=groups,
            required=required,
            conditional="show_if" in raw,
            fields=inner,
            settings=MappingProxyType({key: value for key, value in raw.items() if key not in _OWN_SETTINGS}),
        )
        self.sources[place] = (raw, path, field, page)
        self.fields[raw["id"]] = field
        return field

    # --- how it runs ----------------------------------------------------------------------------------------

    def _expression(
        self,
        raw: Mapping[str, Any],
        key: str,
        path: str,
        at: tuple[str, ...],
        *,
        expected: Type,
        last_page: int | None = None,
    ) -> Expression | None:
        if key not in raw:
            return None
        return self.builder.expression(
            raw[key], at=at, path=f"{path}.{key}", expected=expected, last_page=last_page
        )

    def _pages(self) -> list[PageNode]:
        nodes = []
        for i, raw in enumerate(self.document["pages"]):
            show = self._expression(raw, "show_if", f"$.pages[{i}]", (), expected=BOOL, last_page=i - 1)
            self.reads[f"page:{i}"] = show.reads if show else frozenset()
            nodes.append(PageNode(page=i, show=show.evaluate if show else None))
        return nodes

    def _node(self, raw: dict[str, Any], path: str, field: Field, page: int, place: int) -> Node:
        kind = KINDS[raw["kind"]]
        show = self._expression(raw, "show_if", path, field.groups, expected=BOOL, last_page=page)
        value = None
        if kind.name == "calculated":
            value = self._expression(
                raw, "value", path, field.groups, expected=kind.value_type(raw), last_page=page
            )
        required = None
        if kind.can_be_optional and not isinstance(raw.get("required", False), bool):
            required = self._expression(raw, "required", path, field.groups, expected=BOOL)
        earliest = self._expression(raw, "earliest", path, field.groups, expected=DATE)
        latest = self._expression(raw, "latest", path, field.groups, expected=DATE)
        around = {field.groups[-1]} if field.groups else {f"page:{page}"}
        self.reads[field.id] = frozenset(around).union(
            show.reads if show else (), value.reads if value else ()
        )
        return Node(
            id=field.id,
            field=field,
            kind=kind,
            groups=field.groups,
            page=page,
            place=place,
            shown=kind.name != "calculated" or raw.get("shown", True),
            show=show.evaluate if show else None,
            always_required=field.required is True and kind.answerable and kind.name != "group",
            required=required.evaluate if required else None,
            read=kind.reader(raw) if kind.answerable and kind.name != "group" else None,
            convert=type(kind).typed is not _same_type(),
            value=value.evaluate if value else None,
            earliest=earliest.evaluate if earliest else None,
            latest=latest.evaluate if latest else None,
            least_rows=raw.get("min", 0) if kind.name == "group" else 0,
            most_rows=raw.get("max", 0) if kind.name == "group" else 0,
        )

    def _check(self, raw: dict[str, Any], path: str) -> CheckPlan | None:
        at: tuple[str, ...] = ()
        if "each" in raw:
            group = self.declared.get(raw["each"])
            if group is None or group.type.name != "group":
                self._problem(f"{path}.each", "e_no_group", id=raw["each"])
                return None
            at = (*group.groups, group.id)
        first = self.declared.get(raw["fields"][0])
        fields = []
        for i, name in enumerate(raw["fields"]):
            one = self.declared.get(name)
            if one is None or one.type.name == "none":
                self._problem(f"{path}.fields[{i}]", "e_no_field", id=name)
            elif one.groups != (at if i == 0 else at[: len(one.groups)]):
                self._problem(f"{path}.fields[{i}]", "e_check_fields", id=name)
            elif first is not None and one.page > first.page:
                self._problem(f"{path}.fields[{i}]", "e_later_page", id=name)
            else:
                fields.append((name, len(at) - len(one.groups), one.type.name == "group"))
        # A rule is looked at on the page of its first field: it cannot ask about what comes later.
        last_page = first.page if first else None
        require = self._expression(raw, "require", path, at, expected=BOOL, last_page=last_page)
        if require is None or len(fields) != len(raw["fields"]):
            return None
        return CheckPlan(
            id=raw["id"],
            text=raw["message"],
            warning=raw.get("level", "error") == "warning",
            at=at,
            require=require.evaluate,
            fields=tuple(fields),
        )

    def _fee(self) -> tuple[FeeLinePlan, ...] | None:
        if "fee" not in self.document:
            return None
        lines = []
        raws = self.document["fee"]["lines"]
        self._once([(raw["id"], f"$.fee.lines[{i}].id") for i, raw in enumerate(raws)])
        for i, raw in enumerate(raws):
            path = f"$.fee.lines[{i}]"
            if ("amount" in raw) == ("unit_yen" in raw) or ("unit_yen" in raw) != ("quantity" in raw):
                self._problem(path, "e_fee_line")
            built = {
                key: self._expression(raw, key, path, (), expected=INT)
                for key in ("amount", "unit_yen", "quantity")
            }
            show = self._expression(raw, "show_if", path, (), expected=BOOL)
            parts = {key: one.evaluate if one else None for key, one in built.items()}
            lines.append(
                FeeLinePlan(
                    id=raw["id"],
                    label=raw["label"],
                    source=raw.get("source", ""),
                    show=show.evaluate if show else None,
                    amount=parts["amount"],
                    unit=parts["unit_yen"],
                    quantity=parts["quantity"],
                )
            )
        return tuple(lines)

    def _applicant(self) -> Mapping[str, tuple[str, ...]]:
        found = {}
        for role, given in self.document.get("applicant", {}).items():
            ids = (given,) if isinstance(given, str) else tuple(given)
            for one in ids:
                field = self.fields.get(one)
                if field is None or field.groups or field.kind not in APPLICANT_KINDS[role]:
                    self._problem(f"$.applicant.{role}", "e_applicant", id=one, role=role)
            found[role] = ids
        return MappingProxyType(found)


def _same_type() -> Any:
    from moyai.applications.rules.kinds.base import Kind

    return Kind.typed
