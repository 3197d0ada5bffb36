"""What others may import from tenants."""

from moyai.tenants import clock
from moyai.tenants.actor import COUNCIL, STAFF, Actor, Role
from moyai.tenants.kept import Kept, mark_of
from moyai.tenants.later import Job, every, job, later
from moyai.tenants.many import insert_many, update_many
from moyai.tenants.migration import ForgetOnly, InsertOnly, Wall
from moyai.tenants.models import (
    Body,
    BodyRow,
    BodyRows,
    Population,
    SameBody,
    Service,
    ServiceUse,
    SharedRow,
)
from moyai.tenants.numbers import next_number, next_numbers, public_number, public_numbers
from moyai.tenants.prepared import (
    prepared_family,
    prepared_insert,
    prepared_insert_with,
    prepared_objects,
    prepared_row,
    prepared_rows,
    prepared_run,
    prepared_update,
)
from moyai.tenants.queries import bodies_on, in_force, members_of, population_on, uses_on
from moyai.tenants.refusal import Refusal
from moyai.tenants.rules import (
    code_check_digit,
    code_ok,
    number_check_digit,
    public_number_ok,
    with_check_digit,
)
from moyai.tenants.wall import (
    WallError,
    acting_in,
    acting_in_named,
    body_of,
    current_body,
    looking_across,
    one_at_a_time,
)

__all__ = [
    "COUNCIL",
    "STAFF",
    "Actor",
    "Body",
    "BodyRow",
    "BodyRows",
    "ForgetOnly",
    "InsertOnly",
    "Job",
    "Kept",
    "Population",
    "Refusal",
    "Role",
    "SameBody",
    "Service",
    "ServiceUse",
    "SharedRow",
    "Wall",
    "WallError",
    "acting_in",
    "acting_in_named",
    "bodies_on",
    "body_of",
    "clock",
    "code_check_digit",
    "code_ok",
    "current_body",
    "every",
    "in_force",
    "insert_many",
    "job",
    "later",
    "looking_across",
    "mark_of",
    "members_of",
    "next_number",
    "next_numbers",
    "number_check_digit",
    "one_at_a_time",
    "population_on",
    "prepared_family",
    "prepared_insert",
    "prepared_insert_with",
    "prepared_objects",
    "prepared_row",
    "prepared_rows",
    "prepared_run",
    "prepared_update",
    "public_number",
    "public_number_ok",
    "public_numbers",
    "update_many",
    "uses_on",
    "with_check_digit",
]
