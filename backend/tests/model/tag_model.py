"""Tags, as plain Python."""

from tests.model.model import Body, Match, Refused, Series, Tag, Task, Tick, invalid, not_found, same


class TagModel:
    now: Tick
    tasks: dict[str, Task]
    tags: dict[str, Tag]
    series: dict[str, Series]
    new_tasks: list[Task]
    """That series have made, and of which nobody was told yet."""

    def tag(self, tag_id: str) -> Tag:
        if tag_id not in self.tags:
            raise not_found()
        return self.tags[tag_id]

    def create_tag(self, tag_id: str | None, body: Body) -> Tag | None:
        """The tag, if it was made before; None for a new one, which is then to be added with `add_tag`."""
        if tag_id in self.tags:
            return same(self.tags[tag_id or ""], body)
        self._require_free_name(body["name"], None)
        return None

    def add_tag(self, tag_id: str, body: Body) -> Tag:
        self.tags[tag_id] = Tag(tag_id, **body, made_from=body, created=self.now, updated=self.now)
        return self.tags[tag_id]

    def update_tag(self, tag_id: str, body: Body, match: Match) -> Tag:
        tag = self.tag(tag_id)
        match.check(tag.version)
        if any(getattr(tag, name) != value for name, value in body.items()):
            self._require_free_name(body.get("name", tag.name), tag_id)
            self._change(tag, **body)
            self._touch_all_with(tag_id)
        return tag

    def delete_tag(self, tag_id: str, match: Match) -> None:
        match.check(self.tag(tag_id).version)
        self._touch_all_with(tag_id)
        for thing in [*self.tasks.values(), *self.series.values()]:
            thing.tags.discard(tag_id)
        del self.tags[tag_id]

    def merge_tag(self, tag_id: str, into: str, match: Match) -> Tag:
        if tag_id == into:
            raise invalid("/into", "same_tag")
        tag = self.tag(tag_id)
        if into not in self.tags:
            raise invalid("/into", "unknown_tag")
        match.check(tag.version)
        for thing in [*self.tasks.values(), *self.series.values()]:
            if tag_id in thing.tags:
                thing.tags.add(into)
        self.delete_tag(tag_id, Match())
        return self.tags[into]

    def task_count(self, tag: Tag) -> int:
        return sum(tag.id in task.tags and not task.is_completed and not task.deleted for task in self.tasks.values())

    def _require_free_name(self, name: str, tag_id: str | None) -> None:
        if any(tag.key == name.casefold() and tag.id != tag_id for tag in self.tags.values()):
            raise Refused(409, "name_taken")

    def _touch_all_with(self, tag_id: str) -> None:
        for thing in [*self.tasks.values(), *self.series.values()]:
            if tag_id in thing.tags:
                self._change(thing)

    def _change(self, thing: Task | Tag | Series, **values: object) -> None:
        thing.version += 1
        thing.updated = self.now
        for name, value in values.items():
            setattr(thing, name, value)
