"""A large file over a line that breaks, in a real browser against a real installation that is killed in between."""

from __future__ import annotations

import hashlib
import os
import re

import pytest

from moyai.documents.tests.test_journey import browser, context_for, sound  # noqa: F401 (a fixture)

SIZE = 6_000_000


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    """A PDF of six megabytes that no packing makes smaller."""
    import pikepdf

    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    page.Contents = pdf.make_stream(
        b"% " + os.urandom(SIZE).replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"
    )
    path = tmp_path_factory.mktemp("large") / "図面（原寸）.pdf"
    pdf.save(path, compress_streams=False)
    return path


def kept_file(live, digest):
    folder = live.home / "files"
    files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > SIZE]
    return [path for path in files if hashlib.sha256(path.read_bytes()).hexdigest() == digest]


def test_A03_a_large_file_survives_a_broken_line_a_reload_and_a_killed_server(live, browser, picture):  # noqa: F811
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    context = context_for(browser, live, "clerk@chiba-shi.example", width=375)
    page = context.new_page()
    pieces: list[int] = []

    def count(request):
        if request.method == "PATCH":
            pieces.append(int(request.headers["upload-offset"]))

    page.on("request", count)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/chiba-shi/office/handovers/new/")
    field = page.get_by_label(re.compile("^ファイル"))

    # The line breaks after three pieces; it is said once, in the one status region.
    def breaks(route):
        if len(pieces) > 3:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/file/*/", breaks)
    field.set_input_files(picture)
    page.locator(".mo-upload").get_by_text("通信が切れました。").wait_for()
    assert "続きを送ります" in page.locator("#status-text").inner_text()
    assert page.get_by_role("progressbar", name=re.compile("図面")).is_visible()
    sound(page)

    # A reload in between; the same file is chosen again and goes on where it was.
    page.unroute("**/file/*/")
    page.reload()
    page.locator(".mo-upload").get_by_text("同じファイルを選ぶと、続きから送ります。").wait_for()
    before = max(pieces)
    pieces.clear()

    # The server is killed while the rest is on its way, and comes back by itself.
    killed: list[int] = []

    def kills(route):
        if not killed and len(pieces) > 1:
            killed.append(1)
            live.kill("web")
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/file/*/", kills)
    page.get_by_label(re.compile("^ファイル")).set_input_files(picture)
    page.get_by_role("button", name="次へ進む").click()  # it waits for the file
    for _ in range(100):
        if killed:
            break
        page.wait_for_timeout(100)
    assert killed and pieces[0] >= before > 0
    page.wait_for_url(re.compile(r"handovers/new/\d+/$"), timeout=90_000)
    assert "図面（原寸）.pdf" in page.locator("main").inner_text()
    assert len(kept_file(live, digest)) == 1
    context.close()


def test_A03_a_refused_file_says_why_and_the_next_one_goes(live, browser, picture, tmp_path):  # noqa: F811
    bad = tmp_path / "動画.pdf"
    bad.write_bytes(b"MZ" + os.urandom(3_000_000))
    context = context_for(browser, live, "clerk@chiba-shi.example")
    page = context.new_page()
    page.goto("/chiba-shi/office/handovers/new/")
    field = page.get_by_label(re.compile("^ファイル"))
    field.set_input_files(bad)
    page.locator(".mo-upload").get_by_text("この種類のファイルは受け付けていません").wait_for()
    assert "受け付けていません" in page.locator("#status-text").inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    sound(page)
    field.set_input_files(picture)
    page.get_by_role("button", name="「図面（原寸）.pdf」の送信をやめる").press("Enter")
    page.get_by_text("送信をやめました").wait_for(state="attached")
    assert page.evaluate("document.activeElement.type") == "file"
    field.set_input_files(picture)
    page.locator(".mo-upload").get_by_text("「図面（原寸）.pdf」を送りました。").wait_for()
    page.reload()  # what is whole goes with the form, also after a reload
    page.locator(".mo-upload").get_by_text("「図面（原寸）.pdf」を送りました。").wait_for()
    page.get_by_role("button", name="次へ進む").click()
    page.wait_for_url(re.compile(r"handovers/new/\d+/$"))
    assert "図面（原寸）.pdf" in page.locator("main").inner_text()
    context.close()
