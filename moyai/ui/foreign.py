"""Words that stay Japanese on an English page: marked, so that they are read out as Japanese (WCAG 3.1.2)."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language

_SIGNS = (
    r"\u3005-\u3007\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
JAPANESE = re.compile(f"[{_SIGNS}]")
# From the first sign of Japanese to the last before other words; with the brackets and digits that belong to it.
_BETWEEN = "\ufe00-\ufe0f\U000e0100-\U000e01ef0-9０-９、。・：／　「」『』（）【】〈〉〜％①-⑳-"
_RUN = re.compile(f"[「『（【〈]*[{_SIGNS}](?:[{_SIGNS}{_BETWEEN}]|(?<=[{_SIGNS}]) (?=[{_SIGNS}]))*")


def in_japanese(value: Any) -> Any:
    """A text as it stands; on a page in another language, what is Japanese in it within `<span lang="ja">`.

    What has markup already says its own language, and is left alone.
    """
    safe = isinstance(value, SafeString)
    if not isinstance(value, str) or (safe and "<" in value):
        return value
    if (get_language() or "ja").startswith("ja") or not JAPANESE.search(value):
        return value
    return SafeString(_RUN.sub(r'<span lang="ja">\g<0></span>', value if safe else escape(value)))
