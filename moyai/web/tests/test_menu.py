"""The side menu says where one is, on the pages below its entries too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

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
