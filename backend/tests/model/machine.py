"""The machine: all rules on one world, and at its end a look at everything that everybody has."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.model.account_rules import AccountRules
from tests.model.batch_rules import BatchRules
from tests.model.drawn import CLIENT_IDS, WORDS, client_id, new_series, new_tags, new_tasks, who
from tests.model.model import Body
from tests.model.portability_rules import PortabilityRules
from tests.model.series_rules import SeriesRules
from tests.model.tag_rules import TagRules

New = tuple[int, str | None, Body]
"""Whose it is to be, under what id, and what."""


class Machine(AccountRules, TagRules, SeriesRules, BatchRules, PortabilityRules):
    @initialize(
        tags=st.lists(st.tuples(who, client_id, new_tags), min_size=4, max_size=6),
        tasks=st.lists(st.tuples(who, client_id, new_tasks), min_size=8, max_size=12),
        series=st.lists(st.tuples(who, client_id, new_series), min_size=2, max_size=4),
    )
    def fill(self, tags: list[New], tasks: list[New], series: list[New]) -> None:
        """What follows is mostly about things that are there."""
        self.exports = []
        for tag in tags:
            self.create_tag(*tag)
        for number, task_id, body in tasks:
            self.create_task(number, None, task_id, body)
        for each in series:
            self.create_series(*each)
        for number in range(len(self.users)):
            for task_id in CLIENT_IDS[1:]:
                self.create_task(number, None, task_id, {"title": WORDS[number]})
            self.export_account(number)

    def teardown(self) -> None:
        try:
            for user in self.users:
                if self.is_sound and user.is_logged_in:
                    self.check_everything(user)
                    self.check_found(user)
        finally:
            super().teardown()
