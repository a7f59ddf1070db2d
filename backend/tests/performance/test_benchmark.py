"""The benchmarks, as small as can be: that they measure everything. How much it is, no test says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.agreement import COMPARED, EACH
from benchmarks.endpoints import ENDPOINTS
from benchmarks.growth import NAMES
from src.core.config import REPOSITORY


def results_of(output: Path, *sections: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks", *sections, "--smoke", "--output", output]
    run = subprocess.run(command, cwd=REPOSITORY / "backend", capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    results: dict[str, Any] = json.loads(output.read_text())
    assert results.keys() == set(sections)
    for section in results.values():
        assert section.keys() >= {"date", "machine", "versions", "settings"}
    assert str(REPOSITORY) not in output.read_text()
    return results


def is_measured(figures: dict[str, float]) -> bool:
    return all(value > 0 for value in figures.values())


def test_every_endpoint_of_every_variant_is_compared(tmp_path: Path) -> None:
    found = results_of(tmp_path / "results.json", "comparison")["comparison"]
    assert found["endpoints"].keys() == {endpoint.name for endpoint in ENDPOINTS}
    for endpoint in ENDPOINTS:
        summary = found["endpoints"][endpoint.name]
        assert summary["median"].keys() == set(endpoint.variants)
        assert all(is_measured(figures) for figures in summary["median"].values())
        assert [len(rounds) for rounds in summary["rounds"].values()] == [1] * len(endpoint.variants)
    assert found["agreement"].keys() == set(COMPARED)
    assert all(tasks >= EACH for tasks in found["agreement"].values()), "too few tasks were compared to say anything"


def test_what_is_beside_requests_and_what_grows_is_measured(tmp_path: Path) -> None:
    results = results_of(tmp_path / "results.json", "beside", "growth")
    beside, growth = results["beside"], results["growth"]
    assert beside["start_cpu_seconds"] > 0
    assert is_measured(beside["logins"]["alone"])
    assert is_measured(beside["logins"]["beside"])
    assert list(beside["memory"]) == ["0", "50", "100"]
    assert is_measured(beside["memory"])
    assert beside["idle"]["clients"] == 20
    for axis in ("tasks of one user", "users", "connections"):
        for row in growth[axis].values():
            assert row.keys() == set(NAMES)
            assert all(is_measured(figures) for figures in row.values())
