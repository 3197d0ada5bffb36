"""Playing a year of applications through the real actions: what, when and by whom, drawn from a seed."""

from moyai.applications.replay.plan import BodyYear, Day, plan
from moyai.applications.replay.play import days_played, is_waiting, play_day, prepare

__all__ = ["BodyYear", "Day", "days_played", "is_waiting", "plan", "play_day", "prepare"]
