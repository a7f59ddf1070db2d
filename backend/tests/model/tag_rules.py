"""Tags."""

from hypothesis.stateful import rule

from tests.model.account_rules import nothing
from tests.model.bodies import tag_body
from tests.model.drawn import Pick, client_id, limits, matches, new_tags, picks, tag_changes, who
from tests.model.model import Body, Match
from tests.model.world import Show, World


class TagRules(World):
    @rule(who=who, tag_id=client_id, body=new_tags)
    def create_tag(self, who: int, tag_id: str | None, body: Body) -> None:
        user = self.users[who]
        if self.is_unknown(user.account.tags, tag_id):
            return
        wanted = {"color": "#6B7280", **body}

        def predict() -> tuple[int, Show]:
            before = user.account.create_tag(tag_id, wanted)
            return (201, add) if before is None else (200, lambda _: tag_body(user.account, before))

        def add(told: Body) -> Body:
            assert tag_id in (None, told["id"])
            assert tag_id or told["id"] not in self.seen["tag"]
            return tag_body(user.account, user.account.add_tag(self.see("tag", told["id"]), wanted))

        self.ask(user, "POST", "/tags", predict, body=body if tag_id is None else body | {"id": tag_id})

    @rule(who=who, pick=picks())
    def read_tag(self, who: int, pick: Pick) -> None:
        user = self.users[who]
        tag_id = self.id_of(pick, "tag", user)

        def predict() -> tuple[int, Show]:
            tag = user.account.tag(tag_id)
            return 200, lambda _: tag_body(user.account, tag)

        self.ask(user, "GET", f"/tags/{tag_id}", predict)

    @rule(who=who, pick=picks(), body=tag_changes, match=matches)
    def change_tag(self, who: int, pick: Pick, body: Body, match: Match) -> None:
        user = self.users[who]
        tag_id = self.id_of(pick, "tag", user)

        def predict() -> tuple[int, Show]:
            tag = user.account.update_tag(tag_id, body, match)
            return 200, lambda _: tag_body(user.account, tag)

        self.ask(user, "PATCH", f"/tags/{tag_id}", predict, body=body, match=match)

    @rule(who=who, pick=picks(), match=matches)
    def delete_tag(self, who: int, pick: Pick, match: Match) -> None:
        user = self.users[who]
        tag_id = self.id_of(pick, "tag", user)

        def predict() -> tuple[int, Show]:
            user.account.delete_tag(tag_id, match)
            return 204, nothing

        self.ask(user, "DELETE", f"/tags/{tag_id}", predict, match=match)

    @rule(who=who, pick=picks(), into=picks(), match=matches)
    def merge_tag(self, who: int, pick: Pick, into: Pick, match: Match) -> None:
        user = self.users[who]
        tag_id, into_id = self.id_of(pick, "tag", user), self.id_of(into, "tag", user)

        def predict() -> tuple[int, Show]:
            tag = user.account.merge_tag(tag_id, into_id, match)
            return 200, lambda _: tag_body(user.account, tag)

        self.ask(user, "POST", f"/tags/{tag_id}/merge", predict, body={"into": into_id}, match=match)

    @rule(who=who, limit=limits)
    def list_tags(self, who: int, limit: int) -> None:
        user = self.users[who]
        told = self.pages(user, "/tags", [], limit)
        if told is not None:
            tags = sorted(user.account.tags.values(), key=lambda tag: tag.key)
            self.agree_on_items(told, [tag_body(user.account, tag) for tag in tags])
