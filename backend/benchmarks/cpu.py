"""The processor time that processes have taken, to the nanosecond, threads and ended children included."""

import os
import time
from contextlib import suppress
from pathlib import Path

_SCHED = 2  # of <linux/posix-timers.h>: the clock of what the scheduler has counted
_TICKS = os.sysconf("SC_CLK_TCK")


def process_seconds(pid: int) -> float:
    """As clock_getcpuclockid(3) makes the clock of another process."""
    return time.clock_gettime(~pid << 3 | _SCHED)


def cluster_seconds(postmaster: int) -> float:
    """Of a PostgreSQL server: its first process, all that this one has started, and those of them that have ended."""
    total = process_seconds(postmaster) + _ended_children_seconds(postmaster)
    for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
        with suppress(OSError):  # it has just ended
            total += process_seconds(int(child))
    return total


def _ended_children_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / _TICKS


def memory(pid: int) -> float:
    """MiB that are really taken (VmRSS)."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024
