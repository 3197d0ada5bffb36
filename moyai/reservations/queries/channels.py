"""受付の経路 — through which channel a request came: 職員端末, インターネット, 携帯電話, スマートフォン (rows C32, C33)."""

from __future__ import annotations

import re
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

STAFF: Final = "staff"
INTERNET: Final = "internet"
MOBILE: Final = "mobile"
SMARTPHONE: Final = "smartphone"
CHANNELS: Final[dict[str, Any]] = {
    STAFF: _("職員端末"),
    INTERNET: _("インターネット"),
    MOBILE: _("携帯電話"),
    SMARTPHONE: _("スマートフォン"),
}

# Feature phones name their carrier; a tablet is a computer without "Mobile" in its name.
_FEATURE_PHONE: Final = re.compile(
    r"^(DoCoMo|KDDI-|UP\.Browser|J-PHONE|Vodafone|SoftBank|MOT-|emobile)|UP\.Browser|WILLCOM|DDIPOCKET"
)
_SMARTPHONE: Final = re.compile(r"iPhone|iPod|Windows Phone|Android.*Mobile|Mobile.*Firefox")


def channel_of(request: HttpRequest) -> str:
    """The code in CHANNELS: staff by who acts, the others by the name the browser gives itself."""
    if request.actor.channel == "office":  # type: ignore[attr-defined]
        return STAFF
    browser = request.headers.get("User-Agent", "")[:500]
    if _FEATURE_PHONE.search(browser):
        return MOBILE
    return SMARTPHONE if _SMARTPHONE.search(browser) else INTERNET
