"""EC2's own description of its calls, as botocore ships it."""

from functools import cache, lru_cache
from typing import Any

import botocore.loaders
import botocore.model


@lru_cache(maxsize=2)
def service(name: str) -> Any:
    """The model of a service."""
    loaded = botocore.loaders.Loader().load_service_model(name, "service-2")
    return botocore.model.ServiceModel(loaded, name)


@lru_cache(maxsize=2)
def _actions(service_name: str) -> frozenset[str]:
    return frozenset(service(service_name).operation_names)


# Callers send what they like, so only calls that exist may be kept.
@cache
def _operation(service_name: str, action: str) -> Any:
    return service(service_name).operation_model(action)


def operation(service_name: str, action: str) -> Any:
    """The model of a call, or None for a call that does not exist."""
    if action not in _actions(service_name):
        return None
    return _operation(service_name, action)
