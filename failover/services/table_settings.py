"""What a user wishes of a table: its columns, how many rows, how dense."""

from collections.abc import Sequence
from dataclasses import dataclass

from failover.models import TableSettings, User

PAGE_SIZES = (20, 50, 100)
DENSITIES = ("comfortable", "compact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """No columns: those that the table comes with, in its order."""

    columns: tuple[str, ...] = ()
    page_size: int = 50
    density: str = "comfortable"
    wraps: bool = True


def get(*, user: User | None, table: str) -> Settings:
    """The user's wishes, or what everybody begins with."""
    row = TableSettings.objects.filter(user=user, table=table).first() if user else None
    if row is None:
        return Settings()
    return Settings(
        columns=tuple(str(c) for c in row.columns),
        page_size=row.page_size,
        density=row.density,
        wraps=row.wraps,
    )


def save(*, user: User, table: str, settings: Settings) -> None:
    """Keep the wishes; they replace the former ones."""
    TableSettings.objects.update_or_create(
        user=user,
        table=table,
        defaults={
            "columns": list(settings.columns),
            "page_size": settings.page_size,
            "density": settings.density,
            "wraps": settings.wraps,
        },
    )


def reset(*, user: User, table: str) -> None:
    """Forget the wishes."""
    TableSettings.objects.filter(user=user, table=table).delete()


def choose(known: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """Those asked for that are known, each once; a table may have lost a column."""
    return tuple(dict.fromkeys(name for name in asked if name in known))
