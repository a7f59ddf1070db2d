"""What docs/monitoring/README.md shows to be typed, as it stands."""

import signal
from pathlib import Path

from tests.documents.blocks import shown
from tests.documents.reader import Reader
from tests.observability.collector import collector
from tests.observability.measured import METRICS_TOKEN
from tests.startup.processes import Program

MONITORING = "docs/monitoring/README.md"


@shown(MONITORING, "sh traces", as_="exports")
@shown(MONITORING, "sh metrics")
async def test_metrics_are_read_and_traces_are_sent(
    program: Program, own_database: str, tmp_path: Path, exports: str, script: str
) -> None:
    somebody = Reader(tmp_path)
    with collector() as traces:
        address = somebody.types(f"{exports}\nprintenv OTEL_EXPORTER_OTLP_ENDPOINT").strip()
        assert address == "http://localhost:4318", "where collectors listen"
        settings = {"METRICS_TOKEN": METRICS_TOKEN, "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url}
        service = await program.start("serve", DATABASE_URL=own_database, **settings).serving()
        typed = script.replace("http://localhost:8000", service.url)
        assert "http_requests_total{" in somebody.types(typed, METRICS_TOKEN=METRICS_TOKEN)
        service.send(signal.SIGTERM)
        assert service.wait() == 0
    assert list(traces.requests())
