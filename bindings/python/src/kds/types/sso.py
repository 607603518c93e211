"""What the operations of the SSO portal take and answer, as typed dicts.

Generated from src/model/sso.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from kds.types.common import ResponseMetadataDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class RoleCredentialsDict(TypedDict):
    """Temporary credentials."""
    accessKeyId: NotRequired[str]
    """The key's id."""
    secretAccessKey: NotRequired[str]
    """The key."""
    sessionToken: NotRequired[str]
    """Goes with every request."""
    expiration: NotRequired[int]
    """Until when they hold, in milliseconds since 1970."""


class GetRoleCredentialsOutDict(TypedDict):
    """Output of GetRoleCredentials."""
    roleCredentials: NotRequired[RoleCredentialsDict]
    """The credentials."""
    ResponseMetadata: ResponseMetadataDict


__all__ = (
    "RoleCredentialsDict",
    "GetRoleCredentialsOutDict",
)
