"""The chain is sealed each night."""

from datetime import datetime

from moyai.audit.chain import seal_body, seal_council
from moyai.tenants.public import Body, every


@every("7 0 * * *", name="audit.seal")
def seal_each_body(*, body: Body, now: datetime) -> None:
    seal_body(body, now)


@every("8 0 * * *", name="audit.seal_council", per_body=False)
def seal_the_council(*, now: datetime) -> None:
    seal_council(now)
