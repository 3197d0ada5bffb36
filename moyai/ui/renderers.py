"""Controls printed by plain functions, byte for byte what the library's templates print.

A page of twenty questions has fifty controls, and a template each (with one more for its attributes) was a
third of its time. A widget with a template of its own, and whatever is not listed here, is still rendered by
its template. `tests/test_renderers.py` holds each function against the template it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import BaseRenderer, DjangoTemplates, TemplatesSetting
from django.template.defaultfilters import stringformat
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]

from moyai.ui.foreign import in_japanese

Widget = Mapping[str, Any]

WIDGETS = "django/forms/widgets/"


def shown(value: Any) -> str:
    """A value as `{{ value }}` prints it."""
    if type(value) is str:
        return escape(value)
    value = localize(template_localtime(value))
    return conditional_escape(value if isinstance(value, str) else str(value))


def told(value: Any) -> str:
    """A value as text of a page, Japanese marked on a page in another language. Not for attributes."""
    return shown(in_japanese(value))


def as_string(value: Any) -> str:
    """A value as `{{ value|stringformat:'s' }}` prints it."""
    if type(value) is str:
        return escape(value)
    text = stringformat(value, "s")
    return conditional_escape(SafeString(text) if isinstance(value, SafeString) else text)


def attributes(widget: Widget) -> str:
    text = ""
    for name, value in widget["attrs"].items():
        if value is True:
            text += f" {shown(name)}"
        elif value is not False:
            text += f' {shown(name)}="{as_string(value)}"'
    return text


def _input(widget: Widget) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{as_string(value)}"'
    return f'<input type="{shown(widget["type"])}" name="{shown(widget["name"])}"{given}{attributes(widget)}>'


def _choice(widget: Widget) -> str:
    # The line ends are those of the templates' files, one for each that includes another.
    if not widget.get("wrap_label"):
        return f"{_input(widget)}\n\n\n"
    own = widget["attrs"].get("id")
    given = f' for="{shown(own)}"' if own else ""
    return f"<label{given}>{_input(widget)}\n {told(widget['label'])}</label>\n\n"


def _choices(widget: Widget) -> str:
    own, kind = widget["attrs"].get("id"), widget["attrs"].get("class")
    text = "<div"
    text += f' id="{shown(own)}"' if own else ""
    text += f' class="{shown(kind)}"' if kind else ""
    text += ">"
    for group, options, _index in widget["optgroups"]:
        text += f"\n  <div><label>{shown(group)}</label>" if group else ""
        for option in options:
            text += f"<div>\n    {_choice(option)}</div>"
        text += "\n  </div>" if group else ""
    return text + "\n</div>"


def _option(widget: Widget) -> str:
    label = shown(widget["label"])
    lang = ' lang="ja"' if told(widget["label"]) != label else ""
    return f'<option value="{as_string(widget["value"])}"{attributes(widget)}{lang}>{label}</option>\n'


def _select(widget: Widget) -> str:
    text = f'<select name="{shown(widget["name"])}"{attributes(widget)}>'
    for group, options, _index in widget["optgroups"]:
        text += f'\n  <optgroup label="{shown(group)}">' if group else ""
        for option in options:
            text += f"\n  {_option(option)}"
        text += "\n  </optgroup>" if group else ""
    return text + "\n</select>"


def _textarea(widget: Widget) -> str:
    value = widget["value"]
    inside = shown(value) if value else ""
    return f'<textarea name="{shown(widget["name"])}"{attributes(widget)}>\n{inside}</textarea>'


def _date_parts(widget: Widget) -> str:
    invalid = ' aria-invalid="true"' if widget["invalid"] else ""
    text = '<div class="mo-date">'
    for part in widget["parts"]:
        own, name = shown(part["id"]), shown(part["name"])
        text += f'<div class="mo-date__part"><label for="{own}">{shown(part["label"])}</label>'
        if part["part"] == "era":
            text += f'<select class="mo-input" data-width="era" id="{own}" name="{name}"{invalid}>'
            for era, name in widget["eras"]:
                chosen = " selected" if era == part["value"] else ""
                text += f'<option value="{shown(era)}"{chosen}>{shown(name)}</option>'
            text += "</select></div>"
            continue
        width = "year" if part["part"] == "year" else "day"
        token = f' autocomplete="{shown(part["autocomplete"])}"' if part["autocomplete"] else ""
        required = " required" if part["required"] else ""
        text += (
            f'<input class="mo-input" type="text" inputmode="numeric" data-width="{width}" id="{own}"'
            f' name="{name}" value="{shown(part["value"])}"{token}{required}{invalid}></div>'
        )
    return text + "</div>"


_INPUTS = "text number email url color search tel password hidden date datetime time checkbox file input"
PRINTERS: dict[str, Callable[[Widget], str]] = {
    **{f"{WIDGETS}{name}.html": _input for name in _INPUTS.split()},
    f"{WIDGETS}radio_option.html": _choice,
    f"{WIDGETS}checkbox_option.html": _choice,
    f"{WIDGETS}radio.html": _choices,
    f"{WIDGETS}checkbox_select.html": _choices,
    f"{WIDGETS}multiple_input.html": _choices,
    f"{WIDGETS}select.html": _select,
    f"{WIDGETS}select_option.html": _option,
    f"{WIDGETS}textarea.html": _textarea,
    "ui/date_parts.html": _date_parts,
}
# What the options of a group or list must name as their template to be printed with it.
_OF_OPTIONS: dict[Callable[[Widget], str], Callable[[Widget], str]] = {_choices: _choice, _select: _option}


def printer_of(name: str, widget: Any) -> Callable[[Widget], str] | None:
    """The function that prints a widget; None where only its template knows how."""
    found = PRINTERS.get(name)
    if found is None or not isinstance(widget, Mapping):
        return None
    of_options = _OF_OPTIONS.get(found)
    if of_options is not None:
        for _group, options, _index in widget["optgroups"]:
            if any(PRINTERS.get(option["template_name"]) is not of_options for option in options):
                return None
    return found


class _Printing(BaseRenderer):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        widget = context.get("widget")
        found = printer_of(template_name, widget)
        if found is None or widget is None:
            return SafeString(super().render(template_name, context, request))
        return SafeString(found(widget).strip())  # as every renderer does


class Printed(_Printing, TemplatesSetting):
    """The renderer of the settings: for the library's own forms."""


class PrintedAlone(_Printing, DjangoTemplates):
    """The renderer of our forms: finds the library's templates and ours alike, whatever the settings say."""
