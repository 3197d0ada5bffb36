"""Editions checked and compiled: ids, types, scopes, order, reach.

A document with any fault compiles to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from moyai.applications.rules.clauses import Clauses
from moyai.applications.rules.document_lists import COLUMN_TYPES, list_problems, lists_of, options_of
from moyai.applications.rules.edition import (
    CompiledEdition,
    EditionProblem,
    EditionRefused,
    Field,
    Given,
    Page,
    content_hash,
)
from moyai.applications.rules.expressions.builder import Builder, Declared
from moyai.applications.rules.expressions.types import BOOL, DATE, Expression
from moyai.applications.rules.guard import guard
from moyai.applications.rules.individual_number import asks_for_it
from moyai.applications.rules.kinds import KINDS
from moyai.applications.rules.kinds.base import Kind
from moyai.applications.rules.kinds.choices import labels
from moyai.applications.rules.order import in_order
from moyai.applications.rules.plan import Node, PageNode, Plan
from moyai.applications.rules.reach import unreachable
from moyai.applications.rules.result import Message
from moyai.applications.rules.schema import structure_problems
from moyai.applications.rules.settled import never_holds
from moyai.applications.rules.translations import KEYS, languages_of, localized, texts_of

DEEPEST_GROUP = 3
_OWN_SETTINGS = frozenset({"id", "kind", "label", "hint", "show_if", "fields", "prefill", "locked"})
# Types whose values a prefill can give, and a posted answer can be.
_OFFERED = frozenset({"text", "int", "date", "time", "bool", "address"})


def check_edition(document: Any) -> list[EditionProblem]:
    """版の検査 — every fault of the document, each with its JSON path; an empty list means it can be
    published.
    """
    return _compile(document)[1]


def compile_edition(
    document: Mapping[str, Any], language: str = "ja", *, words: Callable[[str], str] | None = None
) -> CompiledEdition:
    """The document made ready to run, with its texts in a language (ja, en, ja-easy). Raises EditionRefused with
    every problem.

    Texts without a translation stay Japanese (CompiledEdition.fallback); `words` turns translated ones as pages
    write them. The hash is the document's in every language. Keep the result: it is not cheap.
    """
    compiled, problems = _compile(document, language, words)
    if compiled is None:
        raise EditionRefused(problems)
    return compiled


def _compile(
    document: Any, language: str = "ja", words: Callable[[str], str] | None = None
) -> tuple[CompiledEdition | None, list[EditionProblem]]:
    problems = guard(document)
    if not problems:
        problems = structure_problems(document)
    if not problems:
        problems = list(list_problems(document))
    if problems:
        return None, problems
    compiler = _Compiler(document)
    compiled = compiler.compile()
    problems = [*compiler.problems, *_translation_problems(document)]
    if problems or language == "ja":
        return (None if problems else compiled), problems
    texts, fallback = localized(document, language, words)
    other = _Compiler(texts).compile()
    return (
        replace(
            other,
            content_hash=compiled.content_hash,
            language=language,
            languages=compiled.languages,
            fallback=fallback,
        ),
        [],
    )


def _translation_problems(document: Mapping[str, Any]) -> Iterator[EditionProblem]:
    """Paths that lead to no text of the edition, and words that no field may ask for."""
    known = {path: holder for path, holder, _ in texts_of(document)} if "translations" in document else {}
    for key in KEYS.values():
        for path, text in document.get("translations", {}).get(key, {}).items():
            where = f"$.translations.{key}.{path[:80]}"
            if path not in known:
                yield EditionProblem(where, Message("e_no_text", {"path": path[:80]}))
                continue
            kind = KINDS.get(str(known[path].get("kind", "")))
            if kind is not None and kind.free and path.endswith((".label", ".hint")) and asks_for_it(text):
                yield EditionProblem(where, Message("e_individual_number"))


class _Compiler:
    """One document on its way to a plan. Its structure is known to fit the schema."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.problems: list[EditionProblem] = []
        self.declared: dict[str, Declared] = {}
        self.fields: dict[str, Field] = {}
        self.sources: list[tuple[dict[str, Any], str, Field, int]] = []  # raw field, path, field, page
        self.reads: dict[str, frozenset[str]] = {}
        self.open: set[str] = set()  # nodes that depend on more than answers
        constants = {name: one["value"] for name, one in document.get("constants", {}).items()}
        self.builder = Builder(
            fields=self.declared,
            constants=constants,
            problems=self.problems,
            given={name: COLUMN_TYPES[one["type"]] for name, one in document.get("given", {}).items()},
            lists=lists_of(document),
        )
        self.options = {name: options_of(one) for name, one in document.get("lists", {}).items()}
        self.clauses = Clauses(document=document, builder=self.builder, fields=self.fields)

    def compile(self) -> CompiledEdition:
        pages = self._declare()
        if self.problems:  # ids that clash make every later word about them doubtful
            return self._edition(pages, None)
        page_nodes = self._pages()
        nodes = [
            self._node(raw, path, field, page, place)
            for place, (raw, path, field, page) in enumerate(self.sources)
        ]
        clauses = self.clauses
        checks, fee, takes, once = clauses.checks(), clauses.fee(), clauses.takes(), clauses.once()
        applicant, signature, blind = clauses.applicant(), clauses.signature(), clauses.blind()
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
        self._never_shown()
        for index in unreachable(order, self.reads, frozenset(self.open)):
            where = (
                f"$.pages[{index}]"
                if isinstance(index, int)
                else next(path for raw, path, _, _ in self.sources if raw["id"] == index)
            )
            if EditionProblem(f"{where}.show_if", Message("e_unreachable")) not in self.problems:
                self._problem(f"{where}.show_if", "e_unreachable")
        known: dict[tuple[str, ...], set[str]] = {(): set()}
        for node in nodes:
            known.setdefault(node.groups, set()).add(node.id)
        plan = Plan(
            order=tuple(order),
            nodes=MappingProxyType({node.id: node for node in nodes}),
            known=MappingProxyType({groups: frozenset(ids) for groups, ids in known.items()}),
            later=tuple(node for node in nodes if node.required or node.earliest or node.latest),
            checks=checks,
            fee=fee,
            page_ids=tuple(page.id for page in pages),
            given=MappingProxyType(
                {name: one["type"] for name, one in self.document.get("given", {}).items()}
            ),
            takes=takes,
            once=once,
            locked=frozenset(node.id for node in nodes if node.locked),
        )
        return replace(self._edition(pages, plan), applicant=applicant, signature=signature, blind=blind)

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
            intro=document.get("intro", ""),
            languages=languages_of(document),
            given=MappingProxyType(
                {
                    name: Given(name=name, type=one["type"], label=one["label"], source=one["from"])
                    for name, one in document.get("given", {}).items()
                }
            ),
            has_takes=bool(document.get("takes")),
            once_message=document.get("once", {}).get("message", ""),
        )

    def _problem(self, path: str, code: str, **params: str | int) -> None:
        self.problems.append(EditionProblem(path, Message(code, params)))

    # --- what there is --------------------------------------------------------------------------------------

    def _declare(self) -> tuple[Page, ...]:
        pages = []
        self.clauses.once_each(
            [(raw["id"], f"$.pages[{i}].id") for i, raw in enumerate(self.document["pages"])]
        )
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
        if kind.name == "listed":
            raw = {**raw, "options": self.options.get(raw["list"], [])}
        if raw["id"] in self.declared:
            self._problem(f"{path}.id", "e_duplicate_id", id=raw["id"])
        faults = list(kind.faults(raw))
        for below, code, params in faults:
            self._problem(path + below, code, **params)
        label = raw.get("label", "")
        for key in ("label", "hint"):
            if kind.free and asks_for_it(raw.get(key, "")):
                self._problem(f"{path}.{key}", "e_individual_number")
        for i, option in enumerate(raw.get("options", ()) if kind.name != "listed" else ()):
            if option.get("other_text") and asks_for_it(option["label"]):
                self._problem(f"{path}.options[{i}].label", "e_individual_number")
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
            prefilled="prefill" in raw,
            locked=raw.get("locked", False),
        )
        self.sources[place] = (raw, path, field, page)
        self.fields[raw["id"]] = field
        return field

    # --- how it runs ----------------------------------------------------------------------------------------

    def _never_shown(self) -> None:
        """Conditions that are false whatever stands in the fields of free text they name."""
        choices: dict[str, list[str | bool]] = {
            field.id: [True, False]
            if field.kind in ("yes_no", "consent")
            else [*labels(field.settings["options"])]
            for field in self.fields.values()
            if field.kind in ("yes_no", "consent", "single_choice")
        }
        constants = self.builder.constants
        pages = [(raw, f"$.pages[{i}]") for i, raw in enumerate(self.document["pages"])]
        for raw, path in [*pages, *((raw, path) for raw, path, _, _ in self.sources)]:
            if "show_if" in raw and never_holds(raw["show_if"], choices, constants):
                self._problem(f"{path}.show_if", "e_unreachable")

    def _pages(self) -> list[PageNode]:
        nodes = []
        for i, raw in enumerate(self.document["pages"]):
            show = self.clauses.expression(raw, "show_if", f"$.pages[{i}]", expected=BOOL, last_page=i - 1)
            self.reads[f"page:{i}"] = show.reads if show else frozenset()
            if show is not None and show.open:
                self.open.add(f"page:{i}")
            nodes.append(PageNode(page=i, show=show.evaluate if show else None))
        return nodes

    def _node(self, raw: dict[str, Any], path: str, field: Field, page: int, place: int) -> Node:
        kind = KINDS[raw["kind"]]
        at, expression = field.groups, self.clauses.expression
        show = expression(raw, "show_if", path, at, expected=BOOL, last_page=page)
        value = None
        if kind.name == "calculated":
            value = expression(raw, "value", path, at, expected=kind.value_type(raw), last_page=page)
        required = None
        if kind.can_be_optional and not isinstance(raw.get("required", False), bool):
            required = expression(raw, "required", path, at, expected=BOOL)
        earliest = latest = None
        if kind.name == "date":
            earliest = expression(raw, "earliest", path, at, expected=DATE)
            latest = expression(raw, "latest", path, at, expected=DATE)
        prefill = self._prefill(raw, path, kind, at, page)
        around = {field.groups[-1]} if field.groups else {f"page:{page}"}
        self.reads[field.id] = frozenset(around).union(
            show.reads if show else (),
            value.reads if value else (),
            prefill.reads if prefill else (),
        )
        if any(one is not None and one.open for one in (show, value)):
            self.open.add(field.id)
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
            convert=type(kind).typed is not Kind.typed,
            value=value.evaluate if value else None,
            earliest=earliest.evaluate if earliest else None,
            latest=latest.evaluate if latest else None,
            prefill=prefill.evaluate if prefill else None,
            locked=field.locked,
            least_rows=raw.get("min", 0) if kind.name == "group" else 0,
            most_rows=raw.get("max", 0) if kind.name == "group" else 0,
        )

    def _prefill(
        self, raw: dict[str, Any], path: str, kind: Kind, at: tuple[str, ...], page: int
    ) -> Expression | None:
        if "prefill" not in raw:
            if raw.get("locked"):
                self._problem(f"{path}.locked", "e_locked")
            return None
        wanted = kind.value_type(raw)
        if wanted.name not in _OFFERED:
            self._problem(f"{path}.prefill", "e_not_offered", kind=kind.words)
            return None
        made = self.clauses.expression(raw, "prefill", path, at, expected=wanted, last_page=page)
        possible = made.type.options if made is not None else None
        if possible is not None and wanted.options is not None and not possible & wanted.options:
            self._problem(f"{path}.prefill", "e_never_equal", values="、".join(sorted(possible)[:6]))
        return made
