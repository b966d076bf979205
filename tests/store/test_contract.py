"""Every Store keeps the contract."""

import pytest

from tests.store.benches import DjangoBench, MemoryBench
from tests.store.contract_of_budgets import BudgetContract
from tests.store.contract_of_calls import Fences, Receipts
from tests.store.contract_of_leases import Claims, RegionLeases
from tests.store.contract_of_slots import SlotContract
from tests.store.contract_of_writes import Writes


class StoreContract(
    RegionLeases, Claims, Writes, Receipts, Fences, BudgetContract, SlotContract
):
    """All of it."""


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()


class TestDjangoStore(StoreContract):
    @pytest.fixture
    def bench(self, database: str) -> DjangoBench:
        return DjangoBench()
