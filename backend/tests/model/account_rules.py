"""Sessions and the account itself."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.api.test_token_exchange import GRANT, JWT, claims, subject_token
from tests.factories import PASSWORD, unique_email
from tests.model.drawn import ZONES, Pick, matches, picks, who
from tests.model.model import Body, Match, Refused, not_found
from tests.model.service import session_of
from tests.model.world import Show, User, World

MOST_ATTEMPTS = 6  # of a user in a run: fewer than the limits allow


now_and_then = precondition(lambda self: self.requests % 4 == 0)
"""Tasks are what matters most: without this half of all requests would be about accounts."""


def nothing(_: Body) -> None:
    return None


class AccountRules(World):
    def attempt(self, user: User) -> bool:
        """Whether one more request that counts against a limit may be sent."""
        user.attempts += 1
        return user.attempts <= MOST_ATTEMPTS

    @now_and_then
    @rule(who=who)
    def log_in(self, who: int) -> None:
        self.start_session(self.users[who])

    @now_and_then
    @rule(who=who)
    def list_sessions(self, who: int) -> None:
        user = self.users[who]

        def show(told: Body) -> Body:
            sessions = [(item["id"], item["is_current"]) for item in told["items"]]
            alive = [session_id for session_id, is_alive in user.sessions.items() if is_alive]
            assert sessions == [(session_id, session_id == user.current) for session_id in reversed(alive)]
            return told

        self.ask(user, "GET", "/auth/sessions", lambda: (200, show))

    @now_and_then
    @rule(who=who, pick=picks(own=5))
    def end_session(self, who: int, pick: Pick) -> None:
        user = self.users[who]
        session_id = self.id_of(pick, "session", user)

        def predict() -> tuple[int, Show]:
            if user.sessions.pop(session_id, None) is None:
                raise not_found()
            return 204, nothing

        self.ask(user, "DELETE", f"/auth/sessions/{session_id}", predict)

    @now_and_then
    @rule(who=who)
    def end_other_sessions(self, who: int) -> None:
        user = self.users[who]

        def predict() -> tuple[int, Show]:
            user.sessions = {user.current: True}
            return 204, nothing

        self.ask(user, "DELETE", "/auth/sessions", predict)

    @now_and_then
    @rule(who=who)
    def read_me(self, who: int) -> None:
        user = self.users[who]
        self.ask(user, "GET", "/users/me", lambda: (200, lambda _: user.account.user))

    @now_and_then
    @rule(
        who=who,
        body=st.fixed_dictionaries(
            {}, optional={"timezone": st.sampled_from(ZONES), "first_name": st.sampled_from([None, "Ana", "Bob"])}
        ),
        match=matches,
    )
    def change_me(self, who: int, body: Body, match: Match) -> None:
        user = self.users[who]

        def predict() -> tuple[int, Show]:
            return 200, self.me(user, body, match)

        self.ask(user, "PATCH", "/users/me", predict, body=body, match=match)

    def me(self, user: User, body: Body, match: Match) -> Show:
        before = user.account.user["updated_at"]
        stored = user.account.update_user(body, match)

        def show(told: Body) -> Body:
            assert told["updated_at"] >= before
            user.account.user = stored | {"updated_at": told["updated_at"]}
            return user.account.user

        return show

    @now_and_then
    @rule(who=who, is_right=st.booleans())
    def change_address(self, who: int, is_right: bool) -> None:
        """Nobody has proved the new one."""
        user, email = self.users[who], unique_email()
        if not user.is_logged_in or not self.attempt(user):
            return

        def predict() -> tuple[int, Show]:
            if not is_right:
                raise Refused(403, "wrong_password")
            user.is_proved, user.caller.email = False, email
            return 200, self.me(user, {"email": email}, Match())

        body = {"email": email, "current_password": PASSWORD if is_right else "wrong horse battery"}
        self.ask(user, "PATCH", "/users/me", predict, body=body)

    @now_and_then
    @rule(who=who, is_right=st.booleans())
    def change_password(self, who: int, is_right: bool) -> None:
        """To the same one: it ends the other sessions and what was mailed."""
        user = self.users[who]
        if not user.is_logged_in or not self.attempt(user):
            return

        def predict() -> tuple[int, Show]:
            if not is_right:
                raise Refused(403, "wrong_password")
            user.sessions = {user.current: True}
            return 204, nothing

        body = {"current_password": PASSWORD if is_right else "wrong horse battery", "new_password": PASSWORD}
        self.ask(user, "POST", "/auth/change-password", predict, body=body)

    @now_and_then
    @rule(who=who)
    def refresh(self, who: int) -> None:
        user = self.users[who]
        is_alive = self.may_refresh(user)
        response = self.send(user, "POST", "/auth/refresh")
        assert response.status_code == (200 if is_alive else 401), response.text
        self.look_at_rows(may_change=user)
        if is_alive:
            user.caller.use(response.json()["access_token"])
            user.current = user.of_cookie
            user.sessions[user.current] = user.sessions.pop(user.current)

    def may_refresh(self, user: User) -> bool:
        has_cookie = "refresh_token" in user.caller.client.cookies
        return user.is_active and has_cookie and user.sessions.get(user.of_cookie, False)

    @now_and_then
    @rule(who=who)
    def an_old_refresh_token_comes_back(self, who: int) -> None:
        """Somebody has stolen it: the session ends."""
        user = self.users[who]
        if not self.may_refresh(user):
            return
        old = user.caller.client.cookies["refresh_token"]
        self.refresh_as(user)
        self.execute(
            "UPDATE sessions SET rotated_at = rotated_at - interval '1 minute' WHERE user_id = $1 AND id = $2",
            user.account.id,
            user.of_cookie,
        )
        user.caller.client.cookies.clear()
        response = self.send(user, "POST", "/auth/refresh", headers={"Cookie": f"refresh_token={old}"})
        assert response.status_code == 401, response.text
        self.look_at_rows(may_change=user)
        del user.sessions[user.of_cookie]

    def refresh_as(self, user: User) -> None:
        assert self.send(user, "POST", "/auth/refresh").status_code == 200
        self.look_at_rows(may_change=user)
        user.sessions[user.of_cookie] = user.sessions.pop(user.of_cookie)

    @now_and_then
    @rule(who=who)
    def log_out(self, who: int) -> None:
        user = self.users[who]

        def predict() -> tuple[int, Show]:
            del user.sessions[user.current]
            return 204, nothing

        self.ask(user, "POST", "/auth/logout", predict)

    @now_and_then
    @rule(who=who)
    def log_in_by_another_service(self, who: int) -> None:
        """Whoever first proves the address has the account alone; its password, too, is another one then."""
        user = self.users[who]
        token = subject_token(claims(user.caller.email, sub=user.subject))
        form = {"grant_type": GRANT, "subject_token_type": JWT, "subject_token": token}
        response = self.send(user, "POST", "/auth/token", data=form)
        assert response.status_code == (200 if user.is_active else 400), response.text
        self.look_at_rows(may_change=user if user.is_active else None)
        if user.is_active:
            is_known = user.is_linked or user.is_proved
            kept = {key: True for key, is_alive in user.sessions.items() if is_alive} if is_known else {}
            user.caller.use(response.json()["access_token"])
            user.current = session_of(user.caller)
            user.sessions = kept | {user.current: True}
            user.is_linked, user.is_proved = True, user.is_proved or not user.is_linked
            self.service.give_same_hash(user.account.id)
            self.see_session(user)

    @now_and_then
    @rule(who=who)
    def follow_a_link(self, who: int) -> None:
        """All sessions end. The password stays what it was, so that one can log in again."""
        user = self.users[who]
        token = self.service.give_link(user.account.id)
        self.look_anew()
        response = self.send(user, "POST", "/auth/reset-password", body={"token": token, "new_password": PASSWORD})
        assert response.status_code == (204 if user.is_active else 400), response.text
        self.look_at_rows(may_change=user if user.is_active else None)
        if user.is_active:
            user.is_linked = user.is_linked and user.is_proved
            user.sessions, user.is_proved = {}, True
            assert self.service.is_linked(user.account.id) == user.is_linked

    @now_and_then
    @rule(who=who)
    def ask_for_a_link(self, who: int) -> None:
        user = self.users[who]
        if self.attempt(user):
            assert (
                self.send(user, "POST", "/auth/forgot-password", body={"email": user.caller.email}).status_code == 202
            )
            self.look_at_rows(may_change=user)

    @precondition(lambda self: self.requests > 60 and self.requests % 4 == 0)
    @rule(who=who, is_right=st.booleans())
    def delete_account(self, who: int, is_right: bool) -> None:
        """Somebody new takes the place."""
        user = self.users[who]
        if not user.is_logged_in or not self.attempt(user):
            return

        def predict() -> tuple[int, Show]:
            if not is_right:
                raise Refused(403, "wrong_password")
            return 204, nothing

        body = {"current_password": PASSWORD if is_right else "wrong horse battery"}
        self.ask(user, "DELETE", "/users/me", predict, body=body)
        if is_right:
            assert user.account.id not in self.rows
            assert self.send(user, "GET", "/users/me").status_code == 401
            self.replace(user)

    def replace(self, user: User) -> None:
        caller = user.caller
        caller.email = unique_email()
        self.service.run(caller.register_and_log_in())
        place = self.users.index(user)
        self.users[place] = User(caller)
        self.meet(self.users[place])

    @now_and_then
    @rule(who=who)
    def a_session_expires(self, who: int) -> None:
        user = self.users[who]
        self.execute(
            "UPDATE sessions SET expires_at = now() WHERE user_id = $1 AND id = $2", user.account.id, user.current
        )
        if user.current in user.sessions:
            user.sessions[user.current] = False

    @now_and_then
    @rule(who=who)
    def the_operator_disables_or_enables(self, who: int) -> None:
        self.enable(self.users[who], is_active=not self.users[who].is_active)
