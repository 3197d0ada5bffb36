"""Tables of the facility reservation: masters, users, bookings, lotteries."""

from moyai.reservations.models.bookings import Booking, EquipmentSlot, Happening, Request, Slot
from moyai.reservations.models.locks import Lock, LockMessage, LockWindow
from moyai.reservations.models.lotteries import Entry, OrderPage, Round, RoundFiles, RoundRoom
from moyai.reservations.models.masters import (
    Combination,
    Equipment,
    Facility,
    Frame,
    MasterBook,
    MasterStamp,
    Part,
    Policy,
    Purpose,
    Room,
    SpecialDay,
)
from moyai.reservations.models.users import GroupMember, Penalty, Registration

__all__ = [
    "Booking",
    "Combination",
    "Entry",
    "Equipment",
    "EquipmentSlot",
    "Facility",
    "Frame",
    "GroupMember",
    "Happening",
    "Lock",
    "LockMessage",
    "LockWindow",
    "MasterBook",
    "MasterStamp",
    "OrderPage",
    "Part",
    "Penalty",
    "Policy",
    "Purpose",
    "Registration",
    "Request",
    "Room",
    "Round",
    "RoundFiles",
    "RoundRoom",
    "Slot",
    "SpecialDay",
]
