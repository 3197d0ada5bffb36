"""書き起こしの読込み — a transcript of speech as draft minutes: plain text, a Word document, or WebVTT with times and speakers. Pure.

Engines that hear speech in silence repeat one sentence again and again; what stands three times or more in a row is kept once and
counted, so that whoever edits the draft sees it. Source of the form: WebVTT (W3C), cues with `<v speaker>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil

from moyai.council.rules import word_files
from moyai.council.rules.cannot import Cannot

REPEATED = 3  # as often in a row: no speaker, but silence
LONGEST = 2_000_000  # characters
WORD = ("docx", "doc")  # the old form is told apart by its content

NOT_TEXT = "文字として読めません。UTF-8かShift_JISの文字にしてください。"
NOT_VTT = "WebVTTの形ではありません。1行目に「WEBVTT」があるか確かめてください。"
NO_WORDS = "書き起こしの文が1つもありません。"
BAD_TIME = "%(line)s行目の時刻を読めません。"
TOO_LONG = "書き起こしが長すぎます。分けて読み込んでください。"

_TIME = r"(?:(\d{1,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_CUE = re.compile(rf"^\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?$")
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-z][^>]*>|<\d[\d:.]*>")


@dataclass(frozen=True, slots=True)
class Transcript:
    """The draft, how many whole minutes of sound it comes from (0: unknown), and how many repetitions were left out."""

    text: str
    sound_minutes: int
    dropped: int


def decoded(content: bytes) -> str:
    """UTF-8 (with or without mark) or the Shift_JIS of Japanese offices. Raises Cannot."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Cannot("file", NOT_TEXT)


def read_transcript(name: str, content: bytes) -> Transcript:
    """By the ending of its name: `.vtt` with times, `.docx` by its paragraphs, anything else plain text. Raises Cannot."""
    ending = name.lower().rpartition(".")[2]
    text = "\n".join(word_files.paragraphs(content)) if ending in WORD else decoded(content)
    if len(text) > LONGEST:
        raise Cannot("file", TOO_LONG)
    return read_vtt(text) if name.lower().endswith(".vtt") else read_plain(text)


def read_plain(text: str) -> Transcript:
    lines = [line.strip() for line in text.split("\n")]
    said, dropped = _once([line for line in lines if line])
    if not said:
        raise Cannot("file", NO_WORDS)
    return Transcript("\n".join(said), 0, dropped)


def read_vtt(text: str) -> Transcript:
    """Cues in their order; the lines of one speaker that follow one another stand under one name. Raises Cannot."""
    lines = text.split("\n")
    if not lines or not re.match(r"^WEBVTT(?:[ \t]|$)", lines[0]):
        raise Cannot("file", NOT_VTT)
    spoken: list[str] = []
    speaker, ends, at = "", 0, 1
    while at < len(lines):
        if "-->" not in lines[at]:
            at += 1  # names of cues, notes and styles
            continue
        found = _CUE.match(lines[at])
        if found is None:
            raise Cannot("file", BAD_TIME, line=at + 1)
        ends = max(ends, _millis(found.groups()[4:]))
        at += 1
        words = []
        while at < len(lines) and lines[at].strip():
            words.append(lines[at])
            at += 1
        whole = " ".join(words)
        voice = _VOICE.search(whole)
        said = _TAG.sub("", _VOICE.sub("", whole)).strip()
        if not said:
            continue
        name = voice[1].strip() if voice else ""
        spoken.append(f"{name}：{said}" if name and name != speaker else said)
        speaker = name or speaker
    once, dropped = _once(spoken)
    if not once:
        raise Cannot("file", NO_WORDS)
    return Transcript("\n".join(once), ceil(ends / 60_000), dropped)


def _millis(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _once(lines: list[str]) -> tuple[list[str], int]:
    """Each run of REPEATED or more equal lines as one; and how many were left out."""
    kept: list[str] = []
    dropped, start = 0, 0
    while start < len(lines):
        end = start
        while end < len(lines) and lines[end] == lines[start]:
            end += 1
        run = end - start
        if run >= REPEATED:
            kept.append(lines[start])
            dropped += run - 1
        else:
            kept += lines[start:end]
        start = end
    return kept, dropped
