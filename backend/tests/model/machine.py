"""The machine: all rules on one world, and at its end a look at everything that everybody has."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.model.account_rules import AccountRules
from tests.model.answers import Query
from tests.model.drawn import client_id, new_tags, new_tasks, who
from tests.model.model import Body
from tests.model.tag_rules import TagRules
from tests.model.task_rules import TaskRules


class Machine(AccountRules, TagRules, TaskRules):
    @initialize(
        tags=st.lists(st.tuples(who, client_id, new_tags), min_size=4, max_size=6),
        tasks=st.lists(st.tuples(who, client_id, new_tasks), min_size=8, max_size=12),
    )
    def fill(self, tags: list[tuple[int, str | None, Body]], tasks: list[tuple[int, str | None, Body]]) -> None:
        """What follows is mostly about things that are there."""
        for tag in tags:
            self.create_tag(*tag)
        for number, task_id, body in tasks:
            self.create_task(number, None, task_id, body)

    def teardown(self) -> None:
        try:
            for user in self.users:
                if self.is_sound and user.is_logged_in:
                    self.check_list(user, None, Query({}, None, "position"), 200)
                    self.check_list(user, None, Query({"trash": True}, None, "-updated_at"), 200)
        finally:
            super().teardown()
