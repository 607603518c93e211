"""The operations of the SSO portal, as methods of its client.

Generated from src/model/sso.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kds.types import sso as types

# Each structure: its members' names on the wire and their types, for kds/_packed.py.
SHAPES: dict[str, dict[str, str]] = {
    "RoleCredentials": {
        "accessKeyId": "string",
        "secretAccessKey": "string",
        "sessionToken": "string",
        "expiration": "int64",
    },
    "GetRoleCredentialsIn": {
        "roleName": "string",
        "accountId": "string",
        "accessToken": "string",
    },
}

METHODS = {
    "get_role_credentials": "GetRoleCredentials",
}


class Operations:
    """The operations of the SSO portal."""

    def _call(self, operation: str, members: dict[str, Any]) -> Any:
        raise NotImplementedError

    def get_role_credentials(
            self,
            *,
            roleName: str,
            accountId: str,
            accessToken: str,
    ) -> types.GetRoleCredentialsOutDict:
        """Temporary credentials of a role of somebody who has signed in.

        :param roleName: The role.
        :param accountId: Its account.
        :param accessToken: The token of the sign-in.
        """
        answer: types.GetRoleCredentialsOutDict = self._call("GetRoleCredentials", {
            "roleName": roleName, "accountId": accountId, "accessToken": accessToken
        })
        return answer
