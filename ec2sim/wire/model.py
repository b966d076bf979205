"""EC2's own description of its calls, as botocore ships it."""

from functools import lru_cache
from typing import Any

import botocore.loaders
import botocore.model


@lru_cache(maxsize=2)
def service(name: str) -> Any:
    """The model of a service."""
    loaded = botocore.loaders.Loader().load_service_model(name, "service-2")
    return botocore.model.ServiceModel(loaded, name)


@lru_cache(maxsize=1024)
def operation(service_name: str, action: str) -> Any:
    """The model of a call, or None for a call that does not exist."""
    model = service(service_name)
    if action not in model.operation_names:
        return None
    return model.operation_model(action)
