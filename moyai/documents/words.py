"""States as badges: one word, one shape."""

from __future__ import annotations

from moyai.documents.models import WHY_REFUSED, HandOver, Letter, Upload

_UPLOADS = {"quarantined": "progress", "clean": "good", "refused": "bad", "purged": "neutral"}
_LETTERS = {"waiting": "progress", "ready": "good", "failed": "bad", "purged": "neutral"}
_HAND_OVERS = {
    "requested": "attention",
    "open": "progress",
    "declined": "bad",
    "revoked": "neutral",
    "used_up": "good",
    "expired": "neutral",
}


def upload_badge(upload: Upload) -> dict[str, str]:
    return {"kind": _UPLOADS[upload.state], "word": str(Upload.State(upload.state).label)}


def letter_badge(letter: Letter) -> dict[str, str]:
    return {"kind": _LETTERS[letter.state], "word": str(Letter.State(letter.state).label)}


def hand_over_badge(hand_over: HandOver) -> dict[str, str]:
    return {"kind": _HAND_OVERS[hand_over.state], "word": str(HandOver.State(hand_over.state).label)}


def why_refused(upload: Upload) -> str:
    """Why a file was not taken, in a sentence for its sender; empty while it is not refused."""
    return str(WHY_REFUSED[upload.why]) if upload.why else ""


def size_words(size: int) -> str:
    """「120KB」「12.3MB」: decimal units, as file managers of offices show them."""
    if size < 1_000:
        return f"{size}B"
    if size < 1_000_000:
        return f"{size // 1_000:,}KB"
    return f"{size / 1_000_000:,.1f}MB".replace(".0MB", "MB")
