"""The operations of STS, as far as roles are assumed, as methods of its client.

Generated from src/model/sts.model by src/model/generate.py; do not edit.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kds.types import sts as types

# Each structure: its members' names on the wire and their types, for kds/_packed.py.
SHAPES: dict[str, dict[str, str]] = {
    "PolicyDescriptorType": {
        "arn": "string",
    },
    "Tag": {
        "Key": "string",
        "Value": "string",
    },
    "ProvidedContext": {
        "ProviderArn": "string",
        "ContextAssertion": "string",
    },
    "Credentials": {
        "AccessKeyId": "string",
        "SecretAccessKey": "string",
        "SessionToken": "string",
        "Expiration": "timestamp",
    },
    "AssumedRoleUser": {
        "AssumedRoleId": "string",
        "Arn": "string",
    },
    "AssumeRoleIn": {
        "RoleArn": "string",
        "RoleSessionName": "string",
        "PolicyArns": "list<PolicyDescriptorType>",
        "Policy": "string",
        "DurationSeconds": "int64",
        "Tags": "list<Tag>",
        "TransitiveTagKeys": "list<string>",
        "ExternalId": "string",
        "SerialNumber": "string",
        "TokenCode": "string",
        "SourceIdentity": "string",
        "ProvidedContexts": "list<ProvidedContext>",
    },
    "AssumeRoleWithWebIdentityIn": {
        "RoleArn": "string",
        "RoleSessionName": "string",
        "WebIdentityToken": "string",
        "ProviderId": "string",
        "PolicyArns": "list<PolicyDescriptorType>",
        "Policy": "string",
        "DurationSeconds": "int64",
    },
    "GetCallerIdentityIn": {
    },
}

METHODS = {
    "assume_role": "AssumeRole",
    "assume_role_with_web_identity": "AssumeRoleWithWebIdentity",
    "get_caller_identity": "GetCallerIdentity",
}


class Operations:
    """The operations of STS, as far as roles are assumed."""

    def _call(self, operation: str, members: dict[str, Any]) -> Any:
        raise NotImplementedError

    def assume_role(
            self,
            *,
            RoleArn: str,
            RoleSessionName: str,
            PolicyArns: Sequence[types.PolicyDescriptorTypeDict] | None = None,
            Policy: str | None = None,
            DurationSeconds: int | None = None,
            Tags: Sequence[types.TagDict] | None = None,
            TransitiveTagKeys: Sequence[str] | None = None,
            ExternalId: str | None = None,
            SerialNumber: str | None = None,
            TokenCode: str | None = None,
            SourceIdentity: str | None = None,
            ProvidedContexts: Sequence[types.ProvidedContextDict] | None = None,
    ) -> types.AssumeRoleOutDict:
        """Temporary credentials of a role.

        :param RoleArn: The role.
        :param RoleSessionName: Name of the session, in logs.
        :param PolicyArns: Policies that narrow the role.
        :param Policy: A policy that narrows the role, JSON.
        :param DurationSeconds: How long they shall hold; absent: 3600.
        :param Tags: Labels of the session.
        :param TransitiveTagKeys: Labels that go on to further roles.
        :param ExternalId: What the role's owner asks for.
        :param SerialNumber: The device of a second factor.
        :param TokenCode: What the device shows.
        :param SourceIdentity: Who stands behind the session.
        :param ProvidedContexts: What others say of the session.
        """
        answer: types.AssumeRoleOutDict = self._call("AssumeRole", {
            "RoleArn": RoleArn, "RoleSessionName": RoleSessionName, "PolicyArns": PolicyArns, "Policy":
            Policy, "DurationSeconds": DurationSeconds, "Tags": Tags, "TransitiveTagKeys":
            TransitiveTagKeys, "ExternalId": ExternalId, "SerialNumber": SerialNumber, "TokenCode":
            TokenCode, "SourceIdentity": SourceIdentity, "ProvidedContexts": ProvidedContexts
        })
        return answer

    def assume_role_with_web_identity(
            self,
            *,
            RoleArn: str,
            RoleSessionName: str,
            WebIdentityToken: str,
            ProviderId: str | None = None,
            PolicyArns: Sequence[types.PolicyDescriptorTypeDict] | None = None,
            Policy: str | None = None,
            DurationSeconds: int | None = None,
    ) -> types.AssumeRoleWithWebIdentityOutDict:
        """Temporary credentials of a role, for the token of an identity provider.

        :param RoleArn: The role.
        :param RoleSessionName: Name of the session, in logs.
        :param WebIdentityToken: The token.
        :param ProviderId: The provider, of OAuth 2.0 tokens.
        :param PolicyArns: Policies that narrow the role.
        :param Policy: A policy that narrows the role, JSON.
        :param DurationSeconds: How long they shall hold; absent: 3600.
        """
        answer: types.AssumeRoleWithWebIdentityOutDict = self._call("AssumeRoleWithWebIdentity", {
            "RoleArn": RoleArn, "RoleSessionName": RoleSessionName, "WebIdentityToken": WebIdentityToken,
            "ProviderId": ProviderId, "PolicyArns": PolicyArns, "Policy": Policy, "DurationSeconds":
            DurationSeconds
        })
        return answer

    def get_caller_identity(
            self,
    ) -> types.GetCallerIdentityOutDict:
        """Who the caller is.
        """
        answer: types.GetCallerIdentityOutDict = self._call("GetCallerIdentity", {})
        return answer
