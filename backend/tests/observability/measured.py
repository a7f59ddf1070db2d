"""Reading what a running service says of itself."""

import asyncio
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.factories import Api
from tests.startup.processes import Process

METRICS_TOKEN = "3Zp9Qw7Rt5Yx1Vb8Nm2Kc6Jh4Gf0Ds-metrics"


@dataclass
class Measured:
    """A running service, somebody who uses it, and what it counts."""

    process: Process
    ana: Api
    workers: int

    async def figures(self) -> "Figures":
        """Once no other request is being answered: another worker may have sent an answer and not yet counted it."""
        for _ in range(200):
            figures = await self.figures_now()
            if figures.total("http_requests_in_progress") == 1:
                return figures
            await asyncio.sleep(0.05)
        raise AssertionError("There is always another request in progress")

    async def figures_now(self) -> "Figures":
        async with httpx.AsyncClient() as client:
            answer = await client.get(
                f"{self.process.url}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}
            )
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")
        return Figures(answer.text)


class Figures:
    """A page of metrics."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def total(self, name: str, **labels: str) -> float:
        """Of all that have these labels, whatever else they have."""
        return sum(
            sample.value for sample in self.samples if sample.name == name and labels.items() <= sample.labels.items()
        )

    def since(self, before: "Figures", name: str, **labels: str) -> float:
        """By how much the total has grown."""
        return self.total(name, **labels) - before.total(name, **labels)

    def values(self, name: str, label: str) -> set[str]:
        return {sample.labels[label] for sample in self.samples if sample.name == name}
