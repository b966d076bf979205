"""Bearer tokens; browsers' sessions are DRF's own, with CSRF."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from failover.services import refusals
from failover.services.access import Actor
from failover.services.people import tokens


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer sb_<id>_<secret>`; a bad one is never a session's turn."""

    def authenticate(self, request: Request) -> tuple[Actor, str] | None:
        header = str(request.META.get("HTTP_AUTHORIZATION", ""))
        if not header:
            return None
        scheme, _, raw = header.partition(" ")
        actor = None
        if scheme.lower() == "bearer":
            ip = str(request.META.get("REMOTE_ADDR", ""))
            actor = tokens.authenticate(raw.strip(), source_ip=ip)
        if actor is None:
            raise refusals.Anonymous
        return actor, actor.token_id

    def authenticate_header(self, request: Request) -> str:
        del request
        return "Bearer"
