"""Stamps as numbers, so that a database can count and add what lies between them."""

from typing import Any

from django.db import models
from django.db.models import Func


class PosixSeconds(Func):
    """A stamp as POSIX seconds, true to a tenth of a millisecond; null stays null."""

    output_field = models.FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # Days since noon in Greenwich, 4714 BC; 1970 began at 2440587.5.
        form = "(julianday(%(expressions)s) - 2440587.5) * 86400.0"
        return self.as_sql(compiler, connection, template=form, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        form = "EXTRACT(EPOCH FROM %(expressions)s)::float8"
        return self.as_sql(compiler, connection, template=form, **extra)
