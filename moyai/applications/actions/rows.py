"""Rows of repeating groups in the answers of a draft: their paths, the row that an address leads to, its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from moyai.applications.models import Draft
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import Field
from moyai.tenants.public import Refusal

Steps = Sequence[tuple[str, int]]  # rows on the way to a group's row: (group id, row)


class DraftGone(Refusal):
    code = "draft_gone"
    status = 410
    message = lazy("保存の期限が過ぎたため、続きから入力できません。初めから入力してください。")  # type: ignore[assignment]


class TooManyRows(Refusal):
    code = "too_many_rows"
    status = 422
    message = lazy("これ以上は追加できません。")  # type: ignore[assignment]


def path_of(rows: Steps) -> str:
    """`dogs[0].` of (("dogs", 0),); "" for the page itself."""
    return "".join(f"{group}[{number}]." for group, number in rows)


def own_paths(draft: Draft, page_id: str, rows: Steps) -> Callable[[str], bool]:
    """A test whether a path belongs to the page, or to the row of it."""
    prefix = path_of(rows)
    page = compiled(draft.edition).page(page_id)
    ids = {one.id for one in page.fields} if page else set()

    def own(path: str) -> bool:
        if rows:
            return path.startswith(prefix)
        return path.partition(".")[0].partition("[")[0] in ids

    return own


def deeper(path: str, rows: Steps) -> bool:
    """Whether a path lies in a row of a group that has its own page: deeper than `rows`."""
    return "[" in path.removeprefix(path_of(rows))


def top_of(path: str, rows: Steps) -> str:
    """The path of the question that an error path speaks of: `address` of `address.street`."""
    prefix = path_of(rows)
    return prefix + path.removeprefix(prefix).partition(".")[0].partition("[")[0]


def is_asked(fields: Mapping[str, Field], path: str) -> bool:
    asked = fields.get(path.rsplit(".", maxsplit=1)[-1].partition("[")[0])
    return asked is not None and asked.kind not in ("explanation", "calculated", "group") and not asked.locked


def row_at(
    answers: dict[str, Any], rows: Steps, *, make: bool, form_fields: Mapping[str, Field]
) -> dict[str, Any]:
    """The answers of a row, inside; with `make` one new row at the end may be begun. Raises TooManyRows, DraftGone."""
    here = answers
    for group, number in rows:
        asked = form_fields.get(group)
        if asked is None or asked.kind != "group":
            raise DraftGone
        items = here.setdefault(group, [])
        if not isinstance(items, list):
            items = here[group] = []
        if make and number == len(items):
            if number >= int(asked.settings["max"]):
                raise TooManyRows
            items.append({})
        if not 0 <= number < len(items):
            raise DraftGone
        here = items[number]
    return here


def labels_of(draft: Draft, paths: Sequence[str]) -> list[str]:
    """The questions that paths speak of, each once."""
    fields = compiled(draft.edition).fields
    labels: list[str] = []
    for path in paths:
        last = path.split(".")[-1].partition("[")[0]
        asked = fields.get(last) or fields.get(path.split(".")[0].partition("[")[0])
        if asked is not None and asked.label not in labels:
            labels.append(asked.label)
    return labels


def keepable(value: Any) -> Any:
    """Answers as the database can keep them while nobody has judged them: PostgreSQL's JSON knows no NUL."""
    if isinstance(value, dict):
        return {keepable(key): keepable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [keepable(each) for each in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def uploads_in(value: Any) -> set[str]:
    """The ids of uploads that answers may name: whatever is digits alone."""
    if isinstance(value, dict):
        return set().union(*(uploads_in(each) for each in value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*(uploads_in(each) for each in value)) if value else set()
    return {value} if isinstance(value, str) and value.isdigit() else set()


def without_upload(value: Any, upload_id: str, field_id: str) -> Any:
    """The answers without one upload, which only its own field may name."""
    if isinstance(value, dict):
        return {
            key: [one for one in each if one != upload_id]
            if key == field_id and isinstance(each, list)
            else without_upload(each, upload_id, field_id)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [without_upload(each, upload_id, field_id) for each in value]
    return value
