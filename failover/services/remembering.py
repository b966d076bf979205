"""Django's cache in our database: used codes and counted attempts, for all processes.

Values are JSON. Django's own database cache keeps pickles, which would let whoever
can write the table run code in here.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction

from failover import wiring
from failover.models import Remembered

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


class Memory(BaseCache):
    """A few small values that must hold in every process."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        del location

    def add(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep the value if there is none; exactly one of those at once may."""
        name = self.make_and_validate_key(key, version=version)
        now = wiring.now()
        Remembered.objects.filter(cache_key=name, expires__lte=now).delete()
        try:
            with transaction.atomic():
                # The primary key lets one of two at once through.
                Remembered.objects.create(
                    cache_key=name,
                    value=json.dumps(value),
                    expires=self._until(timeout),
                )
        except IntegrityError:
            return False
        return True

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        name = self.make_and_validate_key(key, version=version)
        rows = Remembered.objects.filter(cache_key=name, expires__gt=wiring.now())
        found = rows.values_list("value", flat=True).first()
        return default if found is None else json.loads(found)

    def set(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        name = self.make_and_validate_key(key, version=version)
        Remembered.objects.filter(expires__lte=wiring.now()).delete()
        Remembered.objects.update_or_create(
            cache_key=name,
            defaults={"value": json.dumps(value), "expires": self._until(timeout)},
        )

    def touch(
        self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        name = self.make_and_validate_key(key, version=version)
        rows = Remembered.objects.filter(cache_key=name, expires__gt=wiring.now())
        return bool(rows.update(expires=self._until(timeout)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        return bool(Remembered.objects.filter(cache_key=name).delete()[0])

    def clear(self) -> None:
        Remembered.objects.all().delete()

    def _until(self, timeout: Any) -> datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if seconds is None:
            return FOR_EVER
        return wiring.now() + timedelta(seconds=seconds)
