"""検証できる抽選 — a room without tables."""

from django.apps import AppConfig


class DrawsConfig(AppConfig):
    name = "moyai.draws"
    label = "draws"
    verbose_name = "検証できる抽選"
