"""What the operations of the SSO portal's sign-in take and answer, as typed dicts.

Generated from src/model/sso_oidc.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from kds.types.common import ResponseMetadataDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class CreateTokenOutDict(TypedDict):
    """Output of CreateToken."""
    accessToken: NotRequired[str]
    """The token."""
    tokenType: NotRequired[str]
    """Bearer."""
    expiresIn: NotRequired[int]
    """Seconds until it ends."""
    refreshToken: NotRequired[str]
    """The next refresh token."""
    idToken: NotRequired[str]
    """Who signed in."""
    ResponseMetadata: ResponseMetadataDict


__all__ = (
    "CreateTokenOutDict",
)
