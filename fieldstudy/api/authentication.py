"""Who is asking the API: the browser's session or a personal token."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework import authentication


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session; an expired one is told apart (401) from a refused one (403)."""

    def authenticate_header(self, request: Any) -> str:
        return "Session"


class TokenAuthentication(KnoxTokenAuthentication):
    """A personal token: ``Authorization: Token …``."""


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "fieldstudy.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <your token>`"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "fieldstudy.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
