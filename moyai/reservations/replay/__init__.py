"""Playing a year of facility reservations through the real actions: users taken over, bookings, lotteries by the real draw.

**How wins and direct bookings add up to the year's table.** A win becomes a booking of the channel its entry came by, on
the day of the draw. The bookings of a channel in the year are a number given (C32), so those that nobody won are booked
directly: on each day a share, by the weight of the day, of what is left of the year's number after all that was made and
after all that the rounds still to be drawn could give to this channel at most. A round gives at most as many wins as it
has places that are wished for; where a channel has less than that left, only so many of its entries stay in the draw and
the others are withdrawn before the list is frozen (they were handed in and count in C33). So no channel can get more
than its number, and the last day of the year fills up what is left.

Everything is drawn from names and days, and what is there is counted from rows: a replay that was stopped goes on.
"""

from moyai.reservations.replay.plan import BodyYear, plan
from moyai.reservations.replay.play import play

__all__ = ["BodyYear", "plan", "play"]
