"""One client for each service. `kds.Client` is that of Kinesis."""
from __future__ import annotations

from typing import TYPE_CHECKING

from kds import _abi
from kds._client import BaseClient
from kds._operations import cloudwatch as _cloudwatch
from kds._operations import dynamodb as _dynamodb
from kds._operations import kinesis as _kinesis
from kds._operations import sso as _sso
from kds._operations import sso_oidc as _sso_oidc
from kds._operations import sts as _sts
from kds._packed import Packers
from kds._subscription import Subscription, new_fanout

if TYPE_CHECKING:
    from kds.types import kinesis as types


class Client(BaseClient, _kinesis.Operations):
    """Kinesis Data Streams."""

    _service, _shapes, _methods = _abi.KDS_SERVICE_KINESIS, _kinesis.SHAPES, _kinesis.METHODS
    _packers = Packers(_shapes)

    def subscribe_to_shard(self, *, ConsumerARN: str, ShardId: str,
                           StartingPosition: types.StartingPositionDict) -> Subscription:
        """Read a shard by enhanced fan-out, over HTTP/2. kds.Consumer(fan_out=True) does this for all shards.

        :param ConsumerARN: Of a consumer that register_stream_consumer() made and that is ACTIVE.
        :param ShardId: The shard.
        :param StartingPosition: Where to begin, for example {"Type": "LATEST"}.
        """
        pointer = self._use()
        with self._lock:
            if self._fanout is None:
                self._fanout = new_fanout(pointer)
        subscription = Subscription(self._fanout, self._packers, ConsumerARN, ShardId, StartingPosition)
        self._subscriptions.add(subscription)
        return subscription


class DynamoDB(BaseClient, _dynamodb.Operations):
    """DynamoDB."""

    _service, _shapes, _methods = _abi.KDS_SERVICE_DYNAMODB, _dynamodb.SHAPES, _dynamodb.METHODS
    _packers = Packers(_shapes)


class CloudWatch(BaseClient, _cloudwatch.Operations):
    """CloudWatch."""

    _service, _shapes, _methods = _abi.KDS_SERVICE_CLOUDWATCH, _cloudwatch.SHAPES, _cloudwatch.METHODS
    _packers = Packers(_shapes)


class STS(BaseClient, _sts.Operations):
    """The security token service."""

    _service, _shapes, _methods = _abi.KDS_SERVICE_STS, _sts.SHAPES, _sts.METHODS
    _packers = Packers(_shapes)


class SSO(BaseClient, _sso.Operations):
    """The SSO portal."""

    _service, _shapes, _methods = _abi.KDS_SERVICE_SSO, _sso.SHAPES, _sso.METHODS
    _packers = Packers(_shapes)


class SSOOIDC(BaseClient, _sso_oidc.Operations):
    """SSO's OIDC service."""

    _service, _shapes, _methods = _abi.KDS_SERVICE_SSO_OIDC, _sso_oidc.SHAPES, _sso_oidc.METHODS
    _packers = Packers(_shapes)
