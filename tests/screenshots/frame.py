"""What belongs to everybody: a rule, the look in the dark, the picture of the README."""

from __future__ import annotations

from PIL import Image

from tests.screenshots.camera import DESK, Camera


def everybody(camera: Camera) -> None:
    with camera.seat(DESK) as page:
        camera.open(page, "rules/dog-registration-fee/")
        camera.take(page, "rule")
    with camera.seat(DESK, dark=True) as page:
        camera.open(page, "ui/?theme=dark")
        camera.take(page, "ui-dark")


def overview(camera: Camera) -> None:
    """What a resident sees beside what staff see: the picture of the README."""
    portal = Image.open(camera.images / "resident-portal.png").convert("RGB")
    inbox = Image.open(camera.images / "staff-inbox.png").convert("RGB")
    gap, height = 24, 760
    small = portal.resize((round(portal.width * height / portal.height), height), Image.Resampling.LANCZOS)
    wide = inbox.resize((round(inbox.width * height / inbox.height), height), Image.Resampling.LANCZOS)
    both = Image.new("RGB", (small.width + wide.width + 3 * gap, height + 2 * gap), "#e6e6e6")
    both.paste(small, (gap, gap))
    both.paste(wide, (small.width + 2 * gap, gap))
    camera.keep(both, "overview")
