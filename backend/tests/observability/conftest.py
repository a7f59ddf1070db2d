"""Services that tell how they are doing."""

from collections.abc import AsyncIterator

import pytest

from tests.factories import Api
from tests.observability.measured import METRICS_TOKEN, Measured
from tests.startup.processes import copied_program


@pytest.fixture(scope="package", params=[1, 2], ids=["one worker", "two workers"])
async def measured_service(request: pytest.FixtureRequest, worker_database: str) -> AsyncIterator[Measured]:
    settings = {"DATABASE_URL": worker_database, "METRICS_TOKEN": METRICS_TOKEN, "WORKERS": str(request.param)}
    with copied_program() as program:
        process = await program.start("serve", **settings).serving()
        async with Api.at(process.url) as nobody:
            yield Measured(process, nobody, workers=request.param)


@pytest.fixture
async def measured(measured_service: Measured) -> AsyncIterator[Measured]:
    """With somebody new, and from another network than whoever came before."""
    async with Api.at(measured_service.process.url) as ana:
        await ana.register_and_log_in()
        yield Measured(measured_service.process, ana, workers=measured_service.workers)
