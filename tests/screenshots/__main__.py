"""`python -m tests.screenshots [address] [chapter …]`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.live import Live
from tests.screenshots.applications import resident, staff
from tests.screenshots.camera import ALTOGETHER, IMAGES, Camera
from tests.screenshots.council import council, figures, member, report
from tests.screenshots.facilities import booking_resident, booking_staff
from tests.screenshots.frame import everybody, overview

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHAPTERS: dict[str, tuple[Callable[[Camera], None], ...]] = {
    "applications": (resident, staff),
    "facilities": (booking_resident, booking_staff),
    "council": (council, member, report),
    "frame": (everybody, overview),
    "figures": (figures,),  # last: the reference year is filled in before it
}


def take(url: str, chapters: Collection[str], *, before_figures: Callable[[], None]) -> None:
    """The pictures of some chapters; `before_figures` fills the reference year once the others are taken."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    program = next((path for path in CHROMIUM if Path(path).exists()), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        camera = Camera(browser, url, IMAGES)
        for name, takers in CHAPTERS.items():
            if name in chapters:
                if name == "figures":
                    before_figures()
                for taker in takers:
                    taker(camera)
        browser.close()
    together = sum(path.stat().st_size for path in IMAGES.glob("*.png"))
    if together > ALTOGETHER:
        raise SystemExit(f"合わせて{together:,}バイトです。{ALTOGETHER:,}バイトまでにしてください。")
    print(f"{len(list(IMAGES.glob('*.png')))}枚、合わせて{together:,}バイト")


def main(arguments: list[str]) -> int:
    addresses = [word.rstrip("/") for word in arguments if "://" in word]
    chapters = [word for word in arguments if "://" not in word] or list(CHAPTERS)
    if unknown := set(chapters) - set(CHAPTERS):
        raise SystemExit(f"{'、'.join(sorted(unknown))}という章はありません：{'、'.join(CHAPTERS)}")
    if addresses:
        take(addresses[0], chapters, before_figures=lambda: None)
        return 0
    installation = Live("screenshots", embedded=True, demo=True)

    def replay() -> None:
        done = installation.run("replay", "chiba-fy2017", "--scale", "0.005")
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)

    try:
        installation.start(seconds=600)
        take(installation.url, chapters, before_figures=replay)
    finally:
        installation.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
