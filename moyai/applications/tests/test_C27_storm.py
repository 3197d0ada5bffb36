"""Against a running installation: twenty clicks at once make one application."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg

DOOR = "/chiba-shi/applications/survey/new/"


def _hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text[:2000]
    return found[1]


def _check_page(client: httpx.Client) -> str:
    """Fill in the survey as somebody who was not there: the shortest way; the address of the check page."""
    page = client.get(DOOR)
    answers = {"age_band": "a40", "residence": "city", "joined": "no"}
    for _step in range(12):
        if page.url.path.endswith("/check/"):
            return str(page.url)
        text = page.text
        data = {name: _hidden(text, name) for name in ("csrfmiddlewaretoken", "shown")}
        if 'name="token"' in text:
            data["token"] = _hidden(text, "token")
        data |= {name: value for name, value in answers.items() if name in data["shown"].split()}
        page = client.post(str(page.url), data=data)
        assert page.status_code == 200, page.text
    raise AssertionError("the survey has no end")


def test_twenty_clicks_at_once_make_one_application(live: Any) -> None:
    with httpx.Client(base_url=live.url, follow_redirects=True, timeout=60) as client:
        check = _check_page(client)
        token = _hidden(client.get(check).text, "csrfmiddlewaretoken")
        cookies = dict(client.cookies)

        def click(_number: int) -> str:
            with httpx.Client(base_url=live.url, cookies=cookies, timeout=60) as one:
                answer = one.post(check, data={"csrfmiddlewaretoken": token})
                assert answer.status_code == 302, answer.text[:500]
                return str(answer.headers["Location"])

        with ThreadPoolExecutor(20) as pool:
            places = set(pool.map(click, range(20)))
        assert len(places) == 1
        receipt = client.get(places.pop()).text
        number = re.search(r"\d{4}-\d{4}-\d{4}", receipt)[0].replace("-", "")  # type: ignore[index]
    with psycopg.connect(live.database_url) as owner:
        rows = owner.execute(
            "SELECT count(*) FROM applications_application a JOIN applications_draft d"
            " ON d.body_id = a.body_id AND d.application_id = a.id WHERE a.public_number = %s",
            [number],
        ).fetchone()
        deeds = owner.execute(
            "SELECT count(*) FROM audit_deed WHERE verb = 'applications.submit' AND thing_id ="
            " (SELECT id FROM applications_application WHERE public_number = %s)",
            [number],
        ).fetchone()
    assert rows == (1,) and deeds == (1,)
