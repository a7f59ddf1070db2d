"""Nothing acknowledged is lost or stored twice, whatever fails: a short run of what ``make proof`` does at length."""

import os

import pytest

from tests.faults.trials import TRIALS, Trial, run, run_sabotaged

SECONDS = 2.0
TRIES = 5
SABOTAGED = ("kill -9 of the whole database", "connections cut at every moment")


def named(*trials: Trial) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("trial", trials, ids=lambda trial: trial.name)


@named(*TRIALS)
async def test_nothing_is_lost_and_nothing_stored_twice(trial: Trial) -> None:
    if trial.has_small_disk and os.getuid() != 0 and "CI" not in os.environ:
        pytest.skip("only root can make a disk that is soon full")
    row = await run(trial, seconds=SECONDS)
    assert row.acknowledged > 0
    assert not row.is_breach, row


@named(*(trial for trial in TRIALS if trial.name in SABOTAGED))
async def test_it_is_noticed_when_a_safety_is_taken_away(trial: Trial) -> None:
    rows = []
    for _ in range(TRIES):  # the fault has to meet a moment at which the safety was needed
        rows.append(await run_sabotaged(trial, seconds=SECONDS))
        if rows[-1].lost or rows[-1].duplicated:
            return
    raise AssertionError(rows)
