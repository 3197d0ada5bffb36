"""やさしい日本語 as a machine can check it: complete for every page a resident sees, a reading over each kanji.

What counts as a resident's page is decided in one place: everything, less `STAFF_PLACES`. A page added tomorrow
is a resident's page unless it lies where staff's pages lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import polib

from moyai.ui.lint import JAPANESE, messages_of_house, placeholders
from moyai.ui.readings import marked, without_readings

EASY_CATALOGUES = "*/locale/ja_Easy/LC_MESSAGES/django.po"
LONGEST = 30  # characters of a sentence in easy Japanese (look: Words)

# Files whose words only staff, the secretariat or an operator read, as patterns of paths under moyai/.
STAFF_PLACES = (
    "*/office.py",
    "*/office_*.py",
    "*/office/*",
    "*/secretariat.py",
    "*/secretariat/*",
    "*/api*.py",  # answers to machines
    "*/apps.py",
    "*/commands*.py",
    "*/invariants.py",
    "*/listeners.py",
    "*/letters/*",  # printed in Japanese
    "web/context.py",  # the side menu of staff
    "applications/actions/bulk.py",
    "applications/actions/catalogue.py",
    "applications/actions/decisions.py",
    "applications/actions/exports*.py",
    "applications/actions/forgetting.py",
    "applications/actions/keeping.py",
    "applications/actions/letters.py",
    "applications/actions/lots.py",
    "applications/actions/news.py",
    "applications/actions/payment.py",  # kept with the charge, in plain Japanese
    "applications/actions/pools.py",
    "applications/actions/procedures.py",
    "applications/actions/review.py",
    "applications/actions/route*.py",
    "applications/actions/sharing.py",
    "applications/actions/transfers.py",
    "applications/actions/views.py",
    "applications/building/*",
    "applications/catalogue/*",
    "applications/figures.py",
    "applications/forms/building.py",
    "draws/officials.py",
    "draws/refusals.py",
    "reservations/figures.py",
    "reservations/forms/figures.py",
    "reservations/forms/joining.py",
    "applications/forms/building_*.py",
    "applications/forms/formula_fields.py",
    "applications/forms/keeping.py",
    "applications/forms/places.py",
    "applications/forms/procedures.py",
    "applications/forms/rules.py",
    "applications/forms/sharing.py",
    "applications/forms/short.py",
    "applications/forms/switches.py",
    "applications/models*",
    "applications/queries/columns.py",
    "applications/queries/exports*.py",
    "applications/queries/inbox.py",
    "applications/queries/keeping.py",
    "applications/queries/statistics.py",
    "applications/replay/*",
    "audit/*",
    "calendars/actions.py",
    "calendars/forms.py",
    "calendars/templates/calendars/council/*",
    "council/*",
    "documents/at_once.py",
    "documents/exports.py",
    "documents/models.py",
    "documents/tables.py",
    "documents/yearly.py",
    "money/forms.py",
    "money/tasks.py",
    "notices/actions*",
    "notices/forms.py",
    "notices/wording.py",
    "operations/actions/*",
    "operations/demo/*",
    "operations/figures/*",
    "operations/forms/*",
    "operations/models/*",
    "operations/rulebook/*",
    "operations/templates/operations/notices/*",
    "operations/words.py",
    "people/actions/keys.py",
    "people/manage.py",
    "people/templates/people/manage/*",
    "people/templates/people/mail/invitation.txt",
    "people/templates/people/mail/password.txt",
    "tenants/*",
    "ui/charts.py",
    "ui/examples.py",
    "ui/templates/ui/bulk.html",
    "ui/templates/ui/chart_notes.html",
    "ui/templates/ui/*_chart.html",
    "ui/templates/ui/council.html",
    "ui/templates/ui/examples.html",
    "ui/templates/ui/filter.html",
    "ui/templates/ui/footer_office.html",
    "ui/templates/ui/office.html",
    "ui/templates/ui/restriction.html",
    "ui/templates/ui/side_*.html",
    "reservations/actions/approvals.py",
    "reservations/actions/attendance.py",
    "reservations/actions/blocks.py",
    "reservations/actions/forgetting.py",
    "reservations/actions/lock_windows.py",
    "reservations/actions/locks.py",
    "reservations/actions/lotteries/draw.py",
    "reservations/actions/lotteries/rounds.py",
    "reservations/actions/masters/*",
    "reservations/actions/overrides.py",
    "reservations/actions/penalties.py",
    "reservations/actions/retention.py",
    "reservations/actions/standing.py",
    "reservations/forms/counter.py",
    "reservations/forms/locks.py",
    "reservations/forms/masters.py",
    "reservations/forms/registration_acts.py",
    "reservations/forms/rounds.py",
    "reservations/forms/simulation.py",
    "reservations/models/locks.py",
    "reservations/queries/retention.py",
    "reservations/workbook/*",
)

_SENTENCE_END = re.compile(r"[。！？\n]")
_KANJI = re.compile(r"[\u3400-\u9fff々〆]")


def for_residents(where: str) -> bool:
    """Whether the words of a file (path under moyai/, perhaps with a line) may stand on a resident's page."""
    path = where.partition(":")[0]
    return not any(fnmatch(path, pattern) for pattern in STAFF_PLACES)


def messages_of_residents(root: Path) -> dict[str, str]:
    """Every Japanese message of residents' pages, with the first place it stands in."""
    wanted: dict[str, str] = {}
    for where, msgid in messages_of_house(root):
        if JAPANESE.search(msgid) and for_residents(where):
            wanted.setdefault(msgid, where)
    return wanted


def easy_texts(root: Path) -> Iterator[tuple[Path, str, str]]:
    """Every easy text as (catalogue, msgid, text), plurals included."""
    for path in sorted(root.glob(EASY_CATALOGUES)):
        for entry in polib.pofile(str(path)):
            if entry.obsolete or entry.fuzzy:
                continue
            texts = [(entry.msgid, entry.msgstr)] if not entry.msgid_plural else []
            texts += [(entry.msgid, text) for text in entry.msgstr_plural.values()]
            for msgid, text in texts:
                if text:
                    yield path, msgid, text
                    if entry.msgid_plural:
                        yield path, entry.msgid_plural, text


def without_reading(text: str) -> str:
    """The kanji of an easy text over which no reading stands."""
    bare = re.sub("\ufdd0[^\ufdd1]*\ufdd1[^\ufdd2]*\ufdd2", "", marked(text))
    return "".join(_KANJI.findall(bare))


def long_sentences(text: str) -> list[str]:
    """Sentences longer than what easy Japanese allows; placeholders count as nothing."""
    shown = re.sub(r"%\(\w+\)s|{\w*}", "", without_readings(marked(text)))
    return [part for part in _SENTENCE_END.split(shown) if len(part) > LONGEST]


def lint_easy(root: Path, engine: Mapping[str, tuple[str, str]] | None = None) -> list[str]:
    """Messages of residents without an easy text, kanji without a reading, placeholders nobody fills.

    `engine`: code → (original, easy text) of sentences that are in no catalogue.
    """
    found = []
    done = set()
    for path, msgid, text in easy_texts(root):
        done.add(msgid)
        where = path.relative_to(root)
        if bare := without_reading(text):
            found.append(f"{where}: no reading over {bare} in 「{text}」")
        if placeholders(text) - placeholders(msgid):
            found.append(f"{where}: placeholder unknown to 「{msgid}」")
    for msgid, where_used in messages_of_residents(root).items():
        if msgid not in done:
            found.append(f"{where_used}: no easy Japanese for 「{msgid}」")
    for code, (original, text) in (engine or {}).items():
        if not text:
            found.append(f"{code}: no easy Japanese for 「{original}」")
        if bare := without_reading(text):
            found.append(f"{code}: no reading over {bare} in 「{text}」")
        if set(re.findall(r"{\w+}", text)) - set(re.findall(r"{\w+}", original)):
            found.append(f"{code}: placeholder unknown to 「{original}」")
    return found


def warnings_easy(root: Path) -> list[str]:
    """Sentences that are long for easy Japanese: worth a look, no fault."""
    return [
        f"{path.relative_to(root)}: {len(part)} characters: 「{part}」"
        for path, _msgid, text in easy_texts(root)
        for part in long_sentences(text)
    ]
