"""How one bound form field becomes HTML: the control's attributes, its ids, its frame, its errors in page order.

Works on any Django form, so that the sign-in pages of the library look like ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from moyai.ui.renderers import shown, told
from moyai.ui.rules import count_characters

# autocomplete tokens that name the width a value needs (look: input width by content).
WIDTH_OF_AUTOCOMPLETE = {"postal-code": "postal", "tel": "tel", "name": "name"}


class FieldParts(TypedDict):
    """What `field_html` prints. `kind` is frame, group, single or hidden."""

    kind: str
    label: str
    required: bool
    need: str
    hint: str
    hint_id: str
    errors: list[str]
    error_id: str
    described_by: str
    focus_id: str
    inline: bool
    control: SafeString | str
    choices: list[BoundWidget]
    suffix: str
    left: int | None  # characters left in a text area with a limit; negative when over it
    over: int
    secret: bool


def focus_id(field: BoundField) -> str:
    """The id of what a link in the error summary goes to: the control, or the first of a group."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.id_for_label or field.auto_id)


def described_by(field: BoundField) -> str:
    """Error before hint: what is wrong is heard first."""
    ids = []
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    if field.help_text:
        ids.append(f"{field.auto_id}_helptext")
    return " ".join(ids)


def _attributes(field: BoundField) -> dict[str, Any]:
    widget = field.field.widget
    given = widget.attrs
    attributes: dict[str, Any] = {"class": f"mo-input {given.get('class', '')}".strip()}
    # A browser cuts what is pasted beyond maxlength without a word; we keep it and say so instead.
    attributes["maxlength"] = False
    attributes["placeholder"] = False
    if ids := described_by(field):
        attributes["aria-describedby"] = ids
    width = WIDTH_OF_AUTOCOMPLETE.get(str(given.get("autocomplete", "")))
    if width and "data-width" not in given:
        attributes["data-width"] = width
    if isinstance(widget, forms.NumberInput):
        # type=number changes its value under the wheel and drops what it cannot read.
        attributes.update({"type": "text", "inputmode": "numeric", "min": False, "max": False, "step": False})
        attributes.setdefault("data-width", "number")
    if isinstance(widget, forms.EmailInput):
        attributes.update({"type": "text", "inputmode": "email", "spellcheck": "false"})
    if isinstance(widget, forms.Textarea):
        attributes["cols"] = False
        rows = int(given.get("rows", 5))
        attributes["rows"] = 5 if rows == 10 else max(rows, 4)  # 10 is what the library gives unasked
    return attributes


def _as_text_box(html: str, widget: forms.Widget) -> SafeString:
    # The attribute `type` is printed by the widget itself and cannot be passed as an attribute.
    if isinstance(widget, (forms.NumberInput, forms.EmailInput)):
        html = html.replace(f'type="{widget.input_type}"', 'type="text"', 1)
    return SafeString(html)


def field_parts(field: BoundField) -> FieldParts:
    """Everything the template needs of a field, worked out once."""
    widget = field.field.widget
    choices: list[BoundWidget] = []
    control: SafeString | str = ""
    limit = getattr(field.field, "max_length", None)
    left: int | None = None
    attributes = _attributes(field)
    attributes.pop("type", None)
    if field.is_hidden:
        kind, control = "hidden", field.as_widget()
    elif isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        kind = "group"
        box: dict[str, Any] = {"id": field.auto_id, "class": "mo-choice__box"}
        box = field.build_widget_attrs(box, widget)
        choices = [
            BoundWidget(widget, data, field.form.renderer)
            for data in widget.subwidgets(field.html_name, field.value(), attrs=box)
        ]
    elif isinstance(widget, forms.CheckboxInput):
        kind = "single"
        box = {"class": "mo-choice__box"}
        if ids := described_by(field):
            box["aria-describedby"] = ids
        control = field.as_widget(attrs=box)
    elif field.use_fieldset:
        kind, control = "group", field.as_widget()
    else:
        kind = "frame"
        control = _as_text_box(field.as_widget(attrs=attributes), widget)
        if isinstance(widget, forms.Textarea) and limit:
            left = int(limit) - count_characters(str(field.value() or ""))
    return FieldParts(
        kind=kind,
        label=str(field.label),
        required=bool(field.field.required),
        need=gettext("※必須") if field.field.required else gettext("※任意"),
        hint=str(field.help_text),
        hint_id=f"{field.auto_id}_helptext",
        errors=[str(error) for error in field.errors],
        error_id=f"{field.auto_id}_error",
        described_by=described_by(field),
        focus_id=focus_id(field),
        inline=bool(widget.attrs.get("inline")),
        control=control,
        choices=choices,
        suffix=str(widget.attrs.get("data-suffix", "")),
        left=left,
        over=-left if left is not None and left < 0 else 0,
        secret=isinstance(widget, forms.PasswordInput),
    )


def field_html(field: BoundField) -> SafeString:
    """A field whole: label, hint, control, what is wrong. In Python, because a page has twenty and more."""
    f = field_parts(field)
    if f["kind"] == "hidden":
        return SafeString(f["control"])
    label = f"{told(f['label'])}{_need(f)}"
    hint = f'<p class="mo-field__hint" id="{shown(f["hint_id"])}">{told(f["hint"])}</p>' if f["hint"] else ""
    wrong = " data-invalid" if f["errors"] else ""
    errors = f"{errors_html(f['errors'], f['error_id'])}\n" if f["errors"] else ""
    if f["kind"] == "group":
        described = f' aria-describedby="{shown(f["described_by"])}"' if f["described_by"] else ""
        aside = f'<span class="mo-hidden"> {told(f["hint"])}</span>' if f["hint"] and f["choices"] else ""
        return SafeString(
            f'<fieldset class="mo-field" id="{shown(field.auto_id)}_field"{described}{wrong}>\n'
            f'<legend class="mo-field__label">{label}{aside}</legend>\n'
            f"{hint}\n{_choices(f) if f['choices'] else f['control']}\n{errors}\n</fieldset>"
        )
    if f["kind"] == "single":
        return SafeString(
            f'<div class="mo-field"{wrong}>\n{hint}\n<label class="mo-choice" for="{shown(f["focus_id"])}">'
            f"{f['control']}<span>{label}</span></label>\n{errors}\n</div>"
        )
    control: str = f["control"]
    if f["secret"]:
        control = f'<div class="mo-secret" data-secret>{control}</div>'
    elif f["suffix"]:
        control = (
            f'<div class="mo-field__line">{control}<span aria-hidden="true">{told(f["suffix"])}</span></div>'
        )
    return SafeString(
        f'<div class="mo-field"{wrong}>\n'
        f'<label class="mo-field__label" for="{shown(f["focus_id"])}">{label}</label>\n'
        f"{hint}\n{control}\n{_count(f)}\n{errors}\n</div>"
    )


def _need(f: FieldParts) -> str:
    mark = " data-required" if f["required"] else ""
    return f'<span class="mo-need"{mark}>{shown(f["need"])}</span>'


def _choices(f: FieldParts) -> str:
    boxes = "".join(
        f'<label class="mo-choice" for="{shown(one.id_for_label)}">{one.tag()}'
        f"<span>{told(one.choice_label)}</span></label>"
        for one in f["choices"]
    )
    return f'<div class="mo-choices"{" data-inline" if f["inline"] else ""}>{boxes}</div>'


def _count(f: FieldParts) -> str:
    if f["left"] is None:
        return ""
    if f["over"]:
        words = gettext("%(n)s文字多く入力されています") % {"n": f["over"]}
        return f'<p class="mo-field__count" data-over>{words}</p>'
    return f'<p class="mo-field__count">{gettext("あと%(n)s文字") % {"n": f["left"]}}</p>'


def errors_html(errors: Iterable[str], own_id: str) -> SafeString:
    """The errors of a field, or of a whole form, as `ui/field_errors.html` prints them."""
    mark = f'<span aria-hidden="true">＊</span><span class="mo-hidden">{gettext("エラー：")}</span>'
    lines = "<br>".join(f"{mark}{told(error)}" for error in errors)
    return SafeString(f'<p class="mo-field__error" id="{shown(own_id)}">{lines}</p>' if lines else "")


def _forms_of(thing: Any) -> Iterable[forms.BaseForm]:
    if thing is None or not hasattr(thing, "errors"):
        return []
    return list(thing.forms) if isinstance(thing, forms.BaseFormSet) else [thing]


def error_items(thing: Any) -> list[dict[str, str]]:
    """The errors of a form or formset as {text, href}, in page order, the same texts as beside the fields."""
    items: list[dict[str, str]] = []
    for form in _forms_of(thing):
        if not form.is_bound:
            continue
        shown = [bound for bound in form if not bound.is_hidden]
        first = focus_id(shown[0]) if shown else "main"
        whole = [str(error) for error in form.non_field_errors()]
        whole += [str(error) for bound in form if bound.is_hidden for error in bound.errors]
        items += [{"text": text, "href": f"#{first}"} for text in whole]
        items += [
            {"text": str(error), "href": f"#{focus_id(bound)}"} for bound in shown for error in bound.errors
        ]
    if isinstance(thing, forms.BaseFormSet) and thing.is_bound:
        items = [{"text": str(error), "href": "#main"} for error in thing.non_form_errors()] + items
    return items
