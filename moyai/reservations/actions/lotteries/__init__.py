"""抽選 — rounds, entries, the draw, wins and the release of cancelled places."""
