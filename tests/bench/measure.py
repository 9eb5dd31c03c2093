"""CPU time of several jobs, interleaved, as medians: the machine's noise falls on all alike."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One measured claim: a ratio of two jobs, and the most (or None) that it may be."""

    what: str
    job_ms: float
    floor_ms: float
    target: float | None

    @property
    def ratio(self) -> float:
        """How many times the floor the job costs."""
        return self.job_ms / self.floor_ms

    @property
    def met(self) -> bool:
        """Whether the ratio is within its target, where it has one."""
        return self.target is None or self.ratio <= self.target

    def __str__(self) -> str:
        verdict = (
            ""
            if self.target is None
            else f" (target {self.target:g}: {'met' if self.met else 'MISSED'})"
        )
        return f"{self.what}: {self.job_ms:.2f} ms / {self.floor_ms:.2f} ms = {self.ratio:.3g}{verdict}"


def cpu_ms(
    jobs: Mapping[str, Callable[[], object]], *, rounds: int, times: int
) -> dict[str, float]:
    """Median over rounds of the mean CPU milliseconds of one call of each job.

    CPU is this process's user and system time; a database server's own is not in it.
    """
    samples: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        for _ in range(max(3, times // 4)):
            job()
    for _ in range(rounds):
        for name, job in jobs.items():
            gc.collect()
            begun = time.process_time()
            for _ in range(times):
                job()
            samples[name].append((time.process_time() - begun) * 1000 / times)
    return {name: statistics.median(values) for name, values in samples.items()}
