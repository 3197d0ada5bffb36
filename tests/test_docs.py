"""The documents are true: links, pictures, names in the code, commands, variables, words of the pages."""

from __future__ import annotations

import argparse
import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path
    for folder in (ROOT, ROOT / "docs", ROOT / "moyai", ROOT / "tests")
    for path in (folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"))
)
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
IMAGES = ROOT / "docs" / "images"
# Not of an installation: which test run this is, how many processes test, a folder for pictures.
OF_TESTS = {"MOYAI_TEST_RUN", "MOYAI_TEST_PROCESSES", "MOYAI_KEEP_WORLD"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def anchors(text: str) -> set[str]:
    """The anchors that the headings of a document have."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE):
        bare = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", ""))
        found.add(bare.strip().replace(" ", "-"))
    return found


# -- links and pictures ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_relative_links_and_pictures_lead_somewhere(document: Path) -> None:
    text = without_code(prose(document))
    links = re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _hash, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(prose(target)), link


def test_every_picture_is_used_and_small() -> None:
    said = "".join(prose(document) for document in DOCUMENTS)
    pictures = sorted(IMAGES.glob("*"))
    assert len(pictures) >= 15
    for picture in pictures:
        assert f"images/{picture.name}" in said, f"{picture.name} is in no document"
        assert picture.stat().st_size <= 150_000, picture.name
        with Image.open(picture) as image:
            assert image.format == "PNG"
    assert sum(picture.stat().st_size for picture in pictures) <= 1_800_000


def test_every_picture_of_a_guide_says_what_it_shows() -> None:
    for guide in GUIDES:
        text = prose(guide)
        alternatives = re.findall(r"!\[([^\]]*)\]", text) + re.findall(r'<img [^>]*alt="([^"]*)"', text)
        assert len(alternatives) == len(re.findall(r"!\[|<img ", text)), guide.name
        assert all(len(one) > 8 for one in alternatives), guide.name


# -- the code ----------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def names_by_room() -> dict[str, set[str]]:
    """Classes, functions and assigned names of every room."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "moyai").rglob("*.py"):
        parts = path.relative_to(ROOT / "moyai").parts
        if len(parts) < 2 or "tests" in parts:
            continue
        names = found.setdefault(parts[0], set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return found


def glossary() -> list[tuple[str, str, str, str]]:
    rows = []
    for line in prose(ROOT / "docs" / "glossary.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[2].startswith("`"):
            rows.append((cells[0], cells[1], cells[2].strip("`"), cells[3]))
    return rows


def test_glossary_names_stand_in_the_code() -> None:
    rows = glossary()
    assert len(rows) >= 90
    for word, _reading, name, _source in rows:
        room, _dot, thing = name.partition(".")
        assert thing in names_by_room().get(room, set()), f"{word}: {name}"


def test_glossary_is_sorted_by_reading_and_says_each_word_once() -> None:
    rows = glossary()
    readings = [reading for _word, reading, _name, _source in rows]
    assert readings == sorted(readings)
    assert all(re.fullmatch(r"[ぁ-ゖー]+", reading) for reading in readings)
    assert len({word for word, *_rest in rows}) == len(rows)
    assert all(source for *_rest, source in rows)


def test_every_room_says_what_it_is_for() -> None:
    for room in sorted(names_by_room()):
        readme = ROOT / "moyai" / room / "README.md"
        assert readme.exists(), room
        assert f"# {room}" in prose(readme), room


# -- commands ----------------------------------------------------------------------------------------------------------
def parsers(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> dict[tuple[str, ...], argparse.ArgumentParser]:
    found = {path: parser}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found |= parsers(below, (*path, name))
    return found


@lru_cache(maxsize=1)
def known_commands() -> dict[tuple[str, ...], argparse.ArgumentParser]:
    from moyai.web import operation
    from moyai.web.rooms import modules

    parser = argparse.ArgumentParser(prog="moyai")
    commands = parser.add_subparsers()
    operation.add_commands(commands)
    for module in modules("commands"):
        module.add_commands(commands)
    return parsers(parser)


def quoted_commands(text: str) -> list[str]:
    """`moyai …` in code: between backquotes, and at the beginning of a line of a fence (variables before it or not)."""
    fences = re.findall(r"^```(?:sh|console)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    lines = [line for fence in fences for line in fence.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    begins = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?moyai ((?!…)\S.*)$")
    return [found[1] for one in [*lines, *spans] if (found := begins.match(one.strip()))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_quoted_commands_exist(document: Path) -> None:
    for quoted in quoted_commands(prose(document)):
        words = quoted.split("#")[0].split()
        if words[0].startswith("--"):
            continue
        path: tuple[str, ...] = ()
        while words and (*path, words[0]) in known_commands():
            path, words = (*path, words[0]), words[1:]
        assert path, f"moyai {quoted}"
        parser = known_commands()[path]
        options = {option for action in parser._actions for option in action.option_strings}
        asks_more = any(isinstance(action, argparse._SubParsersAction) for action in parser._actions)
        if asks_more and words:
            # `moyai people list | add-staff`, `moyai rule …`, or a family as such
            assert words[0] in {"…", "|"}, f"moyai {quoted}"
        for word in words:
            if word.startswith("--"):
                assert word.partition("=")[0] in options, f"moyai {quoted}"


def test_the_operator_is_told_of_every_command() -> None:
    told = {quoted.split()[0] for quoted in quoted_commands(prose(ROOT / "docs" / "guides" / "operator.md"))}
    assert {path[0] for path in known_commands() if path} <= told


def test_every_test_a_document_names_is_there() -> None:
    there = set()
    for path in (*(ROOT / "moyai").rglob("test_*.py"), *(ROOT / "tests").rglob("test_*.py")):
        there |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    told = set(re.findall(r"`(test_\w+)`", prose(ROOT / "docs" / "pains.md")))
    assert len(told) > 50
    assert sorted(told - there) == []


# -- variables ---------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def variables_read() -> set[str]:
    """Variables of the environment that the house reads."""
    found = set()
    reading = re.compile(
        r'(?:environ(?:\.get\(|\[|\.setdefault\()|_on\(|in os\.environ)\s*"(MOYAI_[A-Z0-9_]+)"|"(MOYAI_[A-Z0-9_]+)" (?:not )?in os\.environ'
    )
    for path in (ROOT / "moyai").rglob("*.py"):
        if "tests" not in path.parts:
            text = path.read_text(encoding="utf-8")
            for groups in reading.findall(text):
                found |= {name for name in groups if name}
            found |= set(
                re.findall(r'r"(MOYAI_[A-Z]+)_\(\[A-Z0-9]', text)
            )  # the rest is the operator's to name
            found |= set(
                re.findall(r'r"(MOYAI_[A-Z0-9_]+)\(_\[0-9\]\{6\}\)\?"', text)
            )  # also with a body's code
    return found


@lru_cache(maxsize=1)
def settings_named() -> set[str]:
    """Settings that begin alike but are worked out, not read (MOYAI_FILES, MOYAI_VERSION …)."""
    found = set()
    for name in ("moyai/web/settings.py", "moyai/people/signin_settings.py"):
        found |= set(
            re.findall(r"^\s*(MOYAI_[A-Z0-9_]+) =", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        )
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_variables_in_documents_are_read_by_the_code(document: Path) -> None:
    for name in set(re.findall(r"MOYAI_[A-Z0-9_]*[A-Z0-9]", prose(document))) - OF_TESTS:
        known = (
            variables_read()
            if document in GUIDES or document.parent == ROOT
            else variables_read() | settings_named()
        )
        assert re.sub(r"_\d{6}$", "", name) in known, name


def test_the_operator_is_told_of_every_variable() -> None:
    told = set(re.findall(r"MOYAI_[A-Z0-9_]*[A-Z0-9]", prose(ROOT / "docs" / "guides" / "operator.md")))
    assert len(variables_read()) >= 15
    assert variables_read() <= told


# -- words of the pages --------------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def words_of_pages() -> str:
    """All that templates, forms and tables of words say."""
    found = []
    for path in (ROOT / "moyai").rglob("*"):
        if path.suffix in {".html", ".py", ".txt", ".json", ".typ"} and "tests" not in path.parts:
            found.append(path.read_text(encoding="utf-8"))
    return "\n".join(found)


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_what_a_guide_quotes_stands_on_a_page(guide: Path) -> None:
    quoted = re.findall(r"「([^「」\n]{2,30})」", without_code(prose(guide)))
    for words in quoted:
        for part in words.split("…"):
            assert part in words_of_pages(), f"「{words}」"
