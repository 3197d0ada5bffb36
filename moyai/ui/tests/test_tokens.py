"""The style sheets: colour values in one file, contrast of every pair the components use, size."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEETS = Path(__file__).resolve().parent.parent / "static" / "ui"
TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "ui"
TOKENS = (SHEETS / "tokens.css").read_text(encoding="utf-8")
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")


def _block(start: str, text: str = TOKENS) -> dict[str, str]:
    """The custom properties of the first rule whose selector is `start`."""
    place = text.index(start) + len(start)
    body = text[text.index("{", place) + 1 : text.index("}", place)]
    return dict(re.findall(r"--mo-([\w-]+):\s*(#[0-9a-f]{6})", body))


LIGHT = _block(":root")
DARK = _block(':root[data-theme="dark"]')
DARK_OF_DEVICE = _block(':root:not([data-theme="light"])')


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *(
        (text, ground)
        for text in ("text", "text-strong", "text-sub")
        for ground in ("bg", "bg-sub", "bg-strong")
    ),
    *((text, ground) for text in ("text", "text-strong") for ground in ("bg-key", "bg-selected")),
    *(
        (link, ground)
        for link in ("link", "link-hover", "link-visited", "link-active")
        for ground in ("bg", "bg-sub")
    ),
    ("link", "bg-key"),
    ("key", "bg"),
    ("key-hover", "key-tint"),
    *(("on-key", key) for key in ("key", "key-hover", "key-active")),
    ("on-error", "error"),
    ("on-error", "error-hover"),
    *(
        (name, ground)
        for name in ("error", "ok", "warn", "info")
        for ground in ("bg", "bg-sub", f"{name}-bg")
    ),
    ("text-strong", "error-bg"),
    ("text-strong", "warn-bg"),
    ("on-locked", "locked-bg"),
    ("on-focus", "focus-fill"),
]
LINE_PAIRS = [
    ("rule", "bg"),
    ("rule-on-sub", "bg-sub"),
    ("rule-on-sub", "bg-strong"),
    ("field-border", "bg"),
    ("field-border", "bg-sub"),
    *((f"{name}-line", "bg") for name in ("error", "ok", "warn", "info")),
    *((f"{name}-line", f"{name}-bg") for name in ("error", "ok", "warn", "info")),
    ("focus-ring", "bg"),
    ("focus-ring", "focus-gap"),
    ("emergency", "bg"),
    *((f"c{place}", "bg") for place in range(1, 7)),
]
# look §2.1: what the table promises, to two places.
PROMISED = [
    ("text", "bg", 12.63, 13.94),
    ("text-sub", "bg", 5.74, 8.30),
    ("text-sub", "bg-strong", 4.60, 6.03),
    ("rule", "bg", 3.03, 4.35),
    ("field-border", "bg", 5.74, 6.11),
    ("key", "bg", 11.10, 8.76),
    ("link", "bg-sub", 12.70, 7.62),
    ("error", "error-bg", 5.14, 6.62),
    ("ok", "ok-bg", 7.34, 10.05),
    ("warn", "warn-bg", 6.43, 6.61),
    ("info", "info-bg", 6.79, 11.76),
    ("on-locked", "locked-bg", 8.45, 8.30),
    ("on-focus", "focus-fill", 12.21, 12.21),
]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_words_reach_four_and_a_half_to_one(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), LINE_PAIRS)
def test_lines_and_marks_reach_three_to_one(theme: dict[str, str], line: str, ground: str) -> None:
    assert contrast(theme[line], theme[ground]) >= 3.0


@pytest.mark.parametrize(("one", "other", "light", "dark"), PROMISED)
def test_ratios_are_those_of_the_published_table(one: str, other: str, light: float, dark: float) -> None:
    assert abs(contrast(LIGHT[one], LIGHT[other]) - light) < 0.012
    assert abs(contrast(DARK[one], DARK[other]) - dark) < 0.012


def test_dark_by_device_and_dark_by_wish_are_the_same() -> None:
    assert DARK == DARK_OF_DEVICE
    assert set(DARK) == set(LIGHT)
    assert len(DARK) >= 50


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("brand", ["blue", "sky", "aqua", "green", "purple", "ink"])
def test_every_brand_that_fills_buttons_carries_their_words(brand: str, dark: bool) -> None:
    selector = f':root[data-brand="{brand}"]' + ('[data-theme="dark"]' if dark else "")
    colours = _block(f"{selector} {{".removesuffix(" {"))
    theme = DARK if dark else LIGHT
    for step in ("key", "key-hover", "key-active"):
        assert contrast(colours[step], theme["on-key"]) >= 7.0
        assert contrast(colours[step], theme["bg"]) >= 4.5
    assert contrast(colours["brand"], theme["bg"]) >= 3.0


@pytest.mark.parametrize("brand", ["red", "orange", "yellow", "lime", "magenta"])
def test_brands_of_the_bar_only_never_touch_buttons(brand: str) -> None:
    for suffix, theme in (("", LIGHT), ('[data-theme="dark"]', DARK)):
        colours = _block(f':root[data-brand="{brand}"]{suffix}')
        assert set(colours) == {"brand"}
        assert contrast(colours["brand"], theme["bg"]) >= 3.0


@pytest.mark.parametrize(
    "sheet", ["base.css", "components.css", "office.css", "portal.css", "charts.css", "print.css"]
)
def test_colour_values_stand_in_one_file_only(sheet: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (SHEETS / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert HEX.findall(text) == []
    assert re.findall(r"\b(?:rgb|rgba|hsl|hsla|oklch|color)\(", text) == []
    values = re.findall(r"(?:color|background|border|fill|stroke|outline)[\w-]*:\s*([^;}]+)", text)
    assert not [
        value for value in values if re.search(r"\b(?:black|white|red|blue|gray|grey|green)\b", value)
    ]


def test_every_colour_used_is_declared_and_every_declared_one_is_used() -> None:
    used: set[str] = set()
    for sheet in SHEETS.glob("*.css"):
        used |= set(re.findall(r"var\(--mo-([\w-]+)", sheet.read_text(encoding="utf-8")))
    declared = set(re.findall(r"--mo-([\w-]+):", TOKENS))
    assert used - declared == set()
    assert set(LIGHT) - used == set()


OF_EVERY_PAGE = ("tokens.css", "base.css", "components.css", "print.css")
OF_SURFACES = {"portal": ("portal.css",), "office": ("office.css",)}
OF_FIGURES = "charts.css"
ROOM = 6_000  # for what is not thought of yet


@pytest.mark.parametrize("surface", OF_SURFACES)
def test_style_sheets_of_a_page_leave_room_below_sixty_kilobytes(surface: str) -> None:
    sheets = (*OF_EVERY_PAGE, *OF_SURFACES[surface])
    assert sum((SHEETS / sheet).stat().st_size for sheet in sheets) <= 60_000 - ROOM


def test_style_sheets_of_a_page_with_figures_are_below_sixty_kilobytes() -> None:
    for sheets in OF_SURFACES.values():
        asked = (*OF_EVERY_PAGE, *sheets, OF_FIGURES)
        assert sum((SHEETS / sheet).stat().st_size for sheet in asked) <= 60_000


def test_every_sheet_is_counted_and_every_layout_asks_for_its_own() -> None:
    counted = {*OF_EVERY_PAGE, *(each for sheets in OF_SURFACES.values() for each in sheets), OF_FIGURES}
    assert {sheet.name for sheet in SHEETS.glob("*.css")} == counted
    for layout, own in (("base", "portal.css"), ("office", "office.css")):
        text = (TEMPLATES / f"{layout}.html").read_text(encoding="utf-8")
        asked = set(re.findall(r'static "ui/(\w+\.css)"', text))
        assert asked == ({*OF_EVERY_PAGE, own} if layout == "base" else {own})


def test_scripts_of_a_page_are_at_most_sixty_kilobytes() -> None:
    import django_htmx

    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert htmx.stat().st_size + (SHEETS / "ui.js").stat().st_size <= 60_000


def test_importance_is_left_to_paper() -> None:
    for sheet in ("tokens.css", "base.css", "components.css", "office.css", "portal.css", "charts.css"):
        assert "!important" not in (SHEETS / sheet).read_text(encoding="utf-8")


def test_no_sheet_asks_another_house_for_anything() -> None:
    for sheet in SHEETS.glob("*.css"):
        assert not re.search(r"url\(|@import|@font-face", sheet.read_text(encoding="utf-8"))
