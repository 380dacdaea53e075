"""Which job is which."""

from collections.abc import Mapping
from typing import Final

from app.queue import JobName
from workers.jobs.audit import audit
from workers.jobs.delivery import process_delivery
from workers.jobs.function import JobFunction
from workers.jobs.sweep import sweep

JOBS: Final[Mapping[JobName, JobFunction]] = {
    JobName.DELIVERY: process_delivery,
    JobName.AUDIT: audit,
    JobName.SWEEP: sweep,
}
