"""The operations of the SSO portal's sign-in, as methods of its client.

Generated from src/model/sso_oidc.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kds.types import sso_oidc as types

# Each structure: its members' names on the wire and their types, for kds/_packed.py.
SHAPES: dict[str, dict[str, str]] = {
    "CreateTokenIn": {
        "clientId": "string",
        "clientSecret": "string",
        "grantType": "string",
        "deviceCode": "string",
        "code": "string",
        "refreshToken": "string",
        "scope": "list<string>",
        "redirectUri": "string",
        "codeVerifier": "string",
    },
}

METHODS = {
    "create_token": "CreateToken",
}


class Operations:
    """The operations of the SSO portal's sign-in."""

    def _call(self, operation: str, members: dict[str, Any]) -> Any:
        raise NotImplementedError

    def create_token(
            self,
            *,
            clientId: str,
            clientSecret: str,
            grantType: str,
            deviceCode: str | None = None,
            code: str | None = None,
            refreshToken: str | None = None,
            scope: Sequence[str] | None = None,
            redirectUri: str | None = None,
            codeVerifier: str | None = None,
    ) -> types.CreateTokenOutDict:
        """A new access token for a refresh token.

        :param clientId: The registered client.
        :param clientSecret: Its secret.
        :param grantType: refresh_token, authorization_code or a device code's.
        :param deviceCode: Of the device's sign-in.
        :param code: Of the browser's sign-in.
        :param refreshToken: The refresh token.
        :param scope: What the token shall allow.
        :param redirectUri: Where the browser was sent.
        :param codeVerifier: Proves who asked for the code.
        """
        answer: types.CreateTokenOutDict = self._call("CreateToken", {
            "clientId": clientId, "clientSecret": clientSecret, "grantType": grantType, "deviceCode":
            deviceCode, "code": code, "refreshToken": refreshToken, "scope": scope, "redirectUri":
            redirectUri, "codeVerifier": codeVerifier
        })
        return answer
