"""The dashboard, the alert rules and the table of metrics: that they can be read, and name what the service counts."""

import json
import re
from collections.abc import Iterator

import promql_parser
import pytest
import yaml

from src.core.config import REPOSITORY
from src.core.prometheus import PrometheusMetrics

MONITORING = REPOSITORY / "docs" / "monitoring"
OUTCOMES = {"served", "given up", "sent", "failed", "done", "dropped"}
OF_PROMETHEUS = {"up"}


def counted() -> dict[str, set[str]]:
    """The samples that a service has which has done everything once, and their labels."""
    metrics = PrometheusMetrics(version="1", pool_size=20)
    metrics.request_began()
    metrics.request_ended("GET", "/", 200, 0.1)
    metrics.request_refused()
    metrics.round_trip("COMMIT", 0.1)
    metrics.connection_taken()
    metrics.connection_returned()
    metrics.connection_awaited(0.1, in_vain=False)
    metrics.database_awaited(0.1, in_vain=False)
    metrics.security_event("attempts limited", "login")
    metrics.instances_made(1)
    metrics.background_job("done")
    metrics.mail("sent")
    found: dict[str, set[str]] = {}
    for line in metrics.exposition().text.decode().splitlines():
        if match := re.match(r"(\w+)(?:\{(.*)\})? ", line):
            found.setdefault(match[1], set()).update(re.findall(r'(\w+)="', match[2] or ""))
    return found


def expressions() -> Iterator[tuple[str, str]]:
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m").replace("$instance", ".*")
    for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


@pytest.mark.parametrize(("name", "expression"), list(expressions()))
def test_every_expression_asks_for_what_is_counted(name: str, expression: str) -> None:
    promql_parser.parse(expression)  # raises where Prometheus would refuse it
    samples = counted()
    for metric, matchers in re.findall(r"\b([a-z_]+)(?:\{([^}]*)\})?(?=[\[ )}]|$)", expression):
        if metric not in samples:
            assert metric in OF_PROMETHEUS or not re.search(r"_(total|seconds|bytes|count|sum|bucket|use|max)$", metric)
            continue
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)) - {"instance", "job"}
        assert labels <= samples[metric], f"{name}: {metric} has no label {labels - samples[metric]}"


def test_what_an_alert_waits_for_begins_at_zero() -> None:
    """Prometheus sees no increase where a series appears as 1."""
    at_first = PrometheusMetrics(version="1", pool_size=20).exposition().text.decode()
    asked = [each for _, expression in expressions() for each in re.findall(r"increase\((\w+)\{?([^}[]*)", expression)]
    waited_for = {(name, labels) for name, labels in asked if "instance" not in labels}
    assert len(waited_for) > 4
    for name, labels in waited_for:
        assert f"{name}{{{labels}}} 0.0" in at_first or f"{name} 0.0" in at_first, (name, labels)


def test_outcomes_are_those_that_are_counted() -> None:
    named = {outcome for _, expression in expressions() for outcome in re.findall(r'outcome="([^"]*)"', expression)}
    assert named
    assert named <= OUTCOMES


def test_expressions_are_seen_to_be_wrong() -> None:
    with pytest.raises(AssertionError):
        test_every_expression_asks_for_what_is_counted("wrong", "rate(http_answers_total[5m])")
    with pytest.raises(AssertionError):
        test_every_expression_asks_for_what_is_counted("wrong", 'rate(mails_total{result="sent"}[5m])')
    with pytest.raises(ValueError, match=r"\w"):
        test_every_expression_asks_for_what_is_counted("wrong", "rate(mails_total[5m)")


def test_every_alert_says_what_it_means_and_where_to_look() -> None:
    for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            assert set(rule["annotations"]) == {"summary", "look"}, rule["alert"]
            assert rule["labels"]["severity"] in ("page", "ticket")


def test_no_panel_covers_another() -> None:
    panels = json.loads((MONITORING / "grafana-dashboard.json").read_text())["panels"]
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_the_table_of_metrics_is_whole() -> None:
    table = "\n".join(line for line in (MONITORING / "README.md").read_text().splitlines() if line.startswith("| `"))
    table = table.replace("`_max`", "`database_connections_max`")
    named = set(re.findall(r"`([a-z_]+_[a-z_]+)`", table.replace("|", " | ")))
    families = {re.sub(r"_(bucket|count|sum)$", "", sample) for sample in counted()}
    assert families <= named, families - named


def test_prometheus_is_told_where_the_rules_and_the_token_are() -> None:
    config = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    assert all((MONITORING / name).exists() for name in config["rule_files"])
    (job,) = config["scrape_configs"]
    assert job["job_name"] == "todo"  # which alerts ask for
    assert job["authorization"] == {"credentials_file": "metrics_token"}
