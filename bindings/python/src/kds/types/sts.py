"""What the operations of STS, as far as roles are assumed take and answer, as typed dicts.

Generated from src/model/sts.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from kds.types.common import ResponseMetadataDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class PolicyDescriptorTypeDict(TypedDict):
    """A managed policy."""
    arn: NotRequired[str]
    """Its ARN."""


class TagDict(TypedDict):
    """A label of a session."""
    Key: str
    """Its name."""
    Value: str
    """Its value."""


class ProvidedContextDict(TypedDict):
    """What another provider says of the session."""
    ProviderArn: NotRequired[str]
    """The provider."""
    ContextAssertion: NotRequired[str]
    """Its words."""


class CredentialsDict(TypedDict):
    """Temporary credentials."""
    AccessKeyId: str
    """The key's id."""
    SecretAccessKey: str
    """The key."""
    SessionToken: str
    """Goes with every request."""
    Expiration: datetime
    """Until when they hold."""


class AssumedRoleUserDict(TypedDict):
    """Who the caller is in the role."""
    AssumedRoleId: str
    """Its identifier."""
    Arn: str
    """Its ARN, with the account."""


class AssumeRoleOutDict(TypedDict):
    """Output of AssumeRole."""
    Credentials: NotRequired[CredentialsDict]
    """The credentials."""
    AssumedRoleUser: NotRequired[AssumedRoleUserDict]
    """Who the caller is now."""
    PackedPolicySize: NotRequired[int]
    """Per cent of the allowed size."""
    SourceIdentity: NotRequired[str]
    """Who stands behind the session."""
    ResponseMetadata: ResponseMetadataDict


class AssumeRoleWithWebIdentityOutDict(TypedDict):
    """Output of AssumeRoleWithWebIdentity."""
    Credentials: NotRequired[CredentialsDict]
    """The credentials."""
    SubjectFromWebIdentityToken: NotRequired[str]
    """Whom the token names."""
    AssumedRoleUser: NotRequired[AssumedRoleUserDict]
    """Who the caller is now."""
    PackedPolicySize: NotRequired[int]
    """Per cent of the allowed size."""
    Provider: NotRequired[str]
    """Who issued the token."""
    Audience: NotRequired[str]
    """For whom it was issued."""
    SourceIdentity: NotRequired[str]
    """Who stands behind the session."""
    ResponseMetadata: ResponseMetadataDict


class GetCallerIdentityOutDict(TypedDict):
    """Output of GetCallerIdentity."""
    UserId: NotRequired[str]
    """The caller's identifier."""
    Account: NotRequired[str]
    """Its account."""
    Arn: NotRequired[str]
    """Its ARN."""
    ResponseMetadata: ResponseMetadataDict


__all__ = (
    "PolicyDescriptorTypeDict",
    "TagDict",
    "ProvidedContextDict",
    "CredentialsDict",
    "AssumedRoleUserDict",
    "AssumeRoleOutDict",
    "AssumeRoleWithWebIdentityOutDict",
    "GetCallerIdentityOutDict",
)
