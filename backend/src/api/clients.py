"""Who sends a request, as far as the network and the browser tell."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request

from src.api.deps import ContextDep
from src.core.config import Settings
from src.core.errors import Forbidden
from src.core.security_events import came_from, record_suspicion
from src.services.auth_service import Client

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class ForeignOrigin(Forbidden):
    """The request comes from a page of another site, which may not use this browser's session."""

    code = "foreign_origin"
    title = "The request comes from a foreign page"


def client_of(request: Request, settings: Settings) -> Client:
    """The client's network and what it calls itself. X-Forwarded-For counts only from configured proxies."""
    peer = request.client.host if request.client else ""
    address = _normalised(peer)
    if address is not None and settings.trusted_proxies:
        for hop in reversed(",".join(request.headers.getlist("x-forwarded-for")).split(",")):
            if not any(address in proxy for proxy in settings.trusted_proxies):
                break
            address = _normalised(hop.strip()[:64]) or address
    device = request.headers.get("user-agent")
    printable = "".join(c for c in device if c.isprintable()).strip()[:200] if device else ""
    return Client(network=_network(address), device=printable or None)


@lru_cache(maxsize=4096)
def _normalised(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _network(address: IPv4Address | IPv6Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address) if address is not None else "unknown"


async def get_client(request: Request, context: ContextDep) -> Client:
    client = client_of(request, context.settings)
    came_from(client.network)
    return client


ClientDep = Annotated[Client, Depends(get_client)]
NotesNetwork = Depends(get_client)
"""For routes whose security events are to say where they come from."""


async def refuse_foreign_origin(request: Request, context: ContextDep, _: ClientDep) -> None:
    """A browser says which page sends the request; a page of another site must not use the cookie."""
    if _is_foreign(request, context.settings):
        record_suspicion("foreign origin refused")
        raise ForeignOrigin


def _is_foreign(request: Request, settings: Settings) -> bool:
    origins = request.headers.getlist("origin")
    if not origins:
        return request.headers.get("sec-fetch-site") == "cross-site"
    host = request.headers.get("host")
    own = (f"http://{host}", f"https://{host}") if host else ()
    return any(origin not in own and origin not in settings.cors_origins for origin in origins)


OwnOrigin = Depends(refuse_foreign_origin)


def is_plain_localhost(request: Request) -> bool:
    url = request.base_url  # without the query, whose bytes may be no text
    return url.scheme == "http" and url.hostname in LOCAL_HOSTS
