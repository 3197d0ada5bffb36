"""言葉 — what the rulebook says, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from moyai.rulebook.rules import BadCase, Problem, Rule, RulebookError


def japanese() -> bool:
    return (get_language() or "ja").startswith("ja")


def pick(pair: tuple[str, str]) -> str:
    """Of (Japanese, English), the reader's."""
    return pair[0] if japanese() else pair[1]


def label_of(schema: dict[str, object], name: str) -> str:
    title = schema.get("title") if japanese() else schema.get("x-title-en", schema.get("title"))
    return str(title or name)


def said(problem: Problem) -> str:
    return gettext(problem.text) % problem.params if problem.params else gettext(problem.text)


def error_json(error: RulebookError) -> dict[str, object]:
    """The one shape of an error."""
    fields = (
        {path: said(problem) for path, problem in error.fields.items()} if isinstance(error, BadCase) else {}
    )
    return {"error": {"code": error.code, "message": said(error.problem), "fields": fields}}


def rule_json(rule: Rule) -> dict[str, object]:
    """A whole rule for machines: everything needed to work it out again."""
    from moyai.rulebook.rules import plain

    return {
        "name": rule.name,
        "title": {"ja": rule.title[0], "en": rule.title[1]},
        "text": rule.text,
        "source": rule.source,
        "input": rule.input,
        "output": rule.output,
        "terms": {name: {"ja": ja, "en": en} for name, (ja, en) in rule.terms.items()},
        "versions": [
            {
                "label": version.label,
                "from_on": version.from_on.isoformat(),
                "until_on": version.until_on.isoformat() if version.until_on else None,
                "body": version.body_code,
                "parameters": plain(version.parameters),
                "source": version.source,
            }
            for version in rule.versions
        ],
        "examples": [
            {
                "case": plain(example.case),
                "on": rule.example_day(example)[0].isoformat(),
                "body": rule.example_day(example)[1],
                "result": plain(example.result),
                "note": example.note,
            }
            for example in rule.examples
        ],
    }
