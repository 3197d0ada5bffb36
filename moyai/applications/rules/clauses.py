"""版の定め — what stands beside the pages of an edition: checks, fee, takes, once, and which fields mean what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from moyai.applications.rules.edition import EditionProblem, Field
from moyai.applications.rules.expressions.builder import Builder
from moyai.applications.rules.expressions.types import BOOL, INT, TEXT, Evaluate, Expression, Type
from moyai.applications.rules.plan import CheckPlan, FeeLinePlan, TakePlan
from moyai.applications.rules.result import Message
from moyai.applications.rules.schema import APPLICANT_KINDS


@dataclass(slots=True)
class Clauses:
    """The document's clauses, compiled against its fields. Faults go to the builder's problems."""

    document: Mapping[str, Any]
    builder: Builder
    fields: Mapping[str, Field]

    def problem(self, path: str, code: str, **params: str | int) -> None:
        self.builder.problems.append(EditionProblem(path, Message(code, params)))

    def once_each(self, ids: list[tuple[str, str]]) -> None:
        """Ids that stand twice, each with its path."""
        seen: set[str] = set()
        for one, path in ids:
            if one in seen:
                self.problem(path, "e_duplicate_id", id=one)
            seen.add(one)

    def expression(
        self,
        raw: Mapping[str, Any],
        key: str,
        path: str,
        at: tuple[str, ...] = (),
        *,
        expected: Type,
        last_page: int | None = None,
    ) -> Expression | None:
        if key not in raw:
            return None
        return self.builder.expression(
            raw[key], at=at, path=f"{path}.{key}", expected=expected, last_page=last_page
        )

    def checks(self) -> tuple[CheckPlan, ...]:
        raws = self.document.get("checks", [])
        self.once_each([(raw["id"], f"$.checks[{i}].id") for i, raw in enumerate(raws)])
        made = [self._check(raw, f"$.checks[{i}]") for i, raw in enumerate(raws)]
        return tuple(check for check in made if check is not None)

    def _check(self, raw: dict[str, Any], path: str) -> CheckPlan | None:
        declared = self.builder.fields
        at: tuple[str, ...] = ()
        if "each" in raw:
            group = declared.get(raw["each"])
            if group is None or group.type.name != "group":
                self.problem(f"{path}.each", "e_no_group", id=raw["each"])
                return None
            at = (*group.groups, group.id)
        first = declared.get(raw["fields"][0])
        fields = []
        for i, name in enumerate(raw["fields"]):
            one = declared.get(name)
            if one is None or one.type.name == "none":
                self.problem(f"{path}.fields[{i}]", "e_no_field", id=name)
            elif one.groups != (at if i == 0 else at[: len(one.groups)]):
                self.problem(f"{path}.fields[{i}]", "e_check_fields", id=name)
            elif first is not None and one.page > first.page:
                self.problem(f"{path}.fields[{i}]", "e_later_page", id=name)
            else:
                fields.append((name, len(at) - len(one.groups), one.type.name == "group"))
        # A rule is looked at on the page of its first field: it cannot ask about what comes later.
        last_page = first.page if first else None
        require = self.expression(raw, "require", path, at, expected=BOOL, last_page=last_page)
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

    def fee(self) -> tuple[FeeLinePlan, ...] | None:
        if "fee" not in self.document:
            return None
        lines = []
        raws = self.document["fee"]["lines"]
        self.once_each([(raw["id"], f"$.fee.lines[{i}].id") for i, raw in enumerate(raws)])
        for i, raw in enumerate(raws):
            path = f"$.fee.lines[{i}]"
            if ("amount" in raw) == ("unit_yen" in raw) or ("unit_yen" in raw) != ("quantity" in raw):
                self.problem(path, "e_fee_line")
            built = {
                key: self.expression(raw, key, path, expected=INT)
                for key in ("amount", "unit_yen", "quantity")
            }
            show = self.expression(raw, "show_if", path, expected=BOOL)
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

    def takes(self) -> tuple[TakePlan, ...]:
        raws = self.document.get("takes", [])
        self.once_each([(raw["id"], f"$.takes[{i}].id") for i, raw in enumerate(raws)])
        found = []
        for i, raw in enumerate(raws):
            path = f"$.takes[{i}]"
            show = self.expression(raw, "show_if", path, expected=BOOL)
            pool = self.expression(raw, "pool", path, expected=TEXT)
            quantity = self.expression(raw, "quantity", path, expected=INT)
            if pool is not None and quantity is not None:
                found.append(
                    TakePlan(
                        id=raw["id"],
                        label=raw["label"],
                        show=show.evaluate if show else None,
                        pool=pool.evaluate,
                        quantity=quantity.evaluate,
                    )
                )
        return tuple(found)

    def once(self) -> Evaluate | None:
        raw = self.document.get("once")
        key = self.expression(raw, "key", "$.once", expected=TEXT) if raw is not None else None
        return key.evaluate if key is not None else None

    def applicant(self) -> Mapping[str, tuple[str, ...]]:
        found = {}
        for role, given in self.document.get("applicant", {}).items():
            ids = (given,) if isinstance(given, str) else tuple(given)
            for one in ids:
                self._role(one, role, f"$.applicant.{role}")
            found[role] = ids
        return MappingProxyType(found)

    def signature(self) -> Mapping[str, str]:
        """署名 — which answers are compared with what a signing certificate says of its holder."""
        raw: dict[str, str] = self.document.get("signature", {})
        for role, one in raw.items():
            self._role(one, role, f"$.signature.{role}")
        return MappingProxyType(dict(raw))

    def _role(self, one: str, role: str, path: str) -> None:
        field = self.fields.get(one)
        if field is None or field.groups or field.kind not in APPLICANT_KINDS[role]:
            self.problem(path, "e_applicant", id=one, role=role)

    def blind(self) -> tuple[str, ...]:
        """氏名等を伏せた審査 — fields that those who judge blindly do not see."""
        ids = self.document.get("blind", [])
        for i, one in enumerate(ids):
            if one not in self.fields:
                self.problem(f"$.blind[{i}]", "e_no_field", id=one)
        return tuple(ids)
