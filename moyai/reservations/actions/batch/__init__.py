"""まとめて行う — many bookings, entries or registrations in one act: what an older system hands over, a year played again.

The same rules, the same locks and the same rows as one by one: what is accepted is exactly what the single acts would
accept in the same order, each with its own deed and its own line of history. What is refused is left out and told with
its refusal. What the whole batch needs is read once, and written by one statement a table.
"""

from moyai.reservations.actions.batch.booking import BookingOrder, book_many
from moyai.reservations.actions.batch.entering import EntryOrder, enter_many
from moyai.reservations.actions.batch.ground import Batch
from moyai.reservations.actions.batch.registering import UserOrder, register_many
from moyai.reservations.actions.batch.winning import book_won_many

__all__ = [
    "Batch",
    "BookingOrder",
    "EntryOrder",
    "UserOrder",
    "book_many",
    "book_won_many",
    "enter_many",
    "register_many",
]
