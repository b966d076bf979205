"""Every Store keeps the contract."""

import pytest

from tests.store.benches import DjangoBench, MemoryBench
from tests.store.contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()


class TestDjangoStore(StoreContract):
    @pytest.fixture
    def bench(self, database: str) -> DjangoBench:
        return DjangoBench()
