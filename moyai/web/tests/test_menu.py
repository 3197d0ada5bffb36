"""The side menu says where one is, on the pages below its entries too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from moyai.web.rooms import modules

CURRENT = re.compile(r'<a href="([^"]+)" aria-current="([^"]+)"><span>')


@pytest.mark.parametrize(
    ("address", "entry", "kind"),
    [
        ("applications/", "applications/", "page"),
        ("applications/exports/", "applications/exports/", "page"),
        ("procedures/new/", "procedures/", "true"),
        ("people/keys/", "people/", "true"),
    ],
)
@pytest.mark.parametrize("language", ["", "/en"])
def test_administrator_sees_in_the_menu_where_a_page_belongs(
    world: Any,
    client_for: Callable[[Any], Client],
    language: str,
    address: str,
    entry: str,
    kind: str,
) -> None:
    page = client_for(world.at_chiba.administrator).get(f"{language}/chiba-shi/office/{address}")
    assert page.status_code == 200
    current = set(CURRENT.findall(page.content.decode()))
    assert current == {(f"{language}/chiba-shi/office/{entry}", kind)}


GROUP = re.compile(
    r'<p class="mo-side__group" aria-hidden="true">([^<]+)</p><ul aria-label="([^"]+)">(.*?)</ul>'
)


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("", ["電子申請", "施設予約", "施設の管理", "協議会", "共通"]),
        (
            "/en",
            ["Online applications", "Facilities", "Running the facilities", "Council", "For all services"],
        ),
    ],
)
def test_clerk_reads_the_menu_under_headings_of_nine_entries_at_most(
    world: Any, client_for: Callable[[Any], Client], language: str, headings: list[str]
) -> None:
    page = client_for(world.at_chiba.clerk).get(f"{language}/chiba-shi/office/applications/").content.decode()
    groups = GROUP.findall(page)
    assert len(groups) == 2 * len(headings)  # folded for phones, and beside the page
    assert [shown for shown, _said, _entries in groups[: len(headings)]] == headings
    for shown, said, entries in groups:
        assert shown == said
        assert 1 <= entries.count("<a href=") <= 9, shown


def test_every_entry_of_the_menu_stands_in_it_once(world: Any, client_for: Callable[[Any], Client]) -> None:
    page = client_for(world.at_chiba.administrator).get("/chiba-shi/office/applications/").content.decode()
    side = page[page.index("mo-side--page") :]
    links = re.findall(r'<a href="(/chiba-shi/office/[^"]*)"', side[: side.index("</nav>")])
    entries = [entry for module in modules("office") for entry in getattr(module, "MENU", [])]
    assert len(links) == len(set(links)) == len(entries)
