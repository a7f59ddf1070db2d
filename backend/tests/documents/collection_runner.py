"""Sends the requests of a Postman collection as Postman would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

SETS_VARIABLE = re.compile(r'  pm\.collectionVariables\.set\("(\w+)", pm\.response\.json\(\)\.([\w.]+)\);')


def address_of(item: dict[str, Any]) -> str:
    """Method and path, as OpenAPI writes them."""
    request = item["request"]
    path = re.sub(r":(\w+)", r"{\1}", "/".join(request["url"]["path"]))
    return f"{request['method']} /{path}"


@dataclass
class Runner:
    """With the values that the collection's variables have by now. The client keeps cookies, as Postman does."""

    collection: dict[str, Any]
    client: httpx.AsyncClient
    variables: dict[str, str]

    @classmethod
    def of(cls, collection: dict[str, Any], client: httpx.AsyncClient, **changes: str) -> "Runner":
        return cls(collection, client, {each["key"]: each["value"] for each in collection["variable"]} | changes)

    @staticmethod
    def requests(collection: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for folder in collection["item"]:
            yield from folder["item"]

    async def send(self, item: dict[str, Any]) -> httpx.Response:
        request = item["request"]
        headers = {each["key"]: each["value"] for each in request["header"] if not each.get("disabled")}
        if request.get("auth", self.collection["auth"])["type"] == "bearer":
            headers["Authorization"] = self._filled("Bearer " + self.collection["auth"]["bearer"][0]["value"])
        response = await self.client.request(
            request["method"], self._url(request["url"]), headers=headers, **self._body(request)
        )
        self._run(item, response)
        return response

    def _filled(self, text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda match: self.variables[match[1]], text)

    def _url(self, url: dict[str, Any]) -> str:
        in_path = {f":{each['key']}": each["value"] for each in url["variable"]}
        segments = [in_path.get(segment, segment) for segment in url["path"]]
        return self._filled("/".join([*url["host"], *segments]))

    def _body(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("body"):
            case {"mode": "raw", "raw": text}:
                return {"content": self._filled(text)}
            case {"mode": "urlencoded", "urlencoded": fields}:
                return {"data": {each["key"]: self._filled(each["value"]) for each in fields}}
        return {}

    def _run(self, item: dict[str, Any], response: httpx.Response) -> None:
        """The script of a test, of which only what the collection has is understood."""
        for event in item.get("event", ()):
            opening, *lines, closing = event["script"]["exec"]
            assert (opening, closing) == ("if (pm.response.code < 300) {", "}")
            for line in lines if response.status_code < 300 else ():
                name, path = SETS_VARIABLE.fullmatch(line).groups()  # type: ignore[union-attr]
                value = response.json()
                for part in path.split("."):
                    value = value[part]
                self.variables[name] = value
