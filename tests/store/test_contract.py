"""Every Store keeps the contract."""

import pytest

from tests.store.benches import DjangoBench, MemoryBench
from tests.store.contract import StoreContract
from tests.store.contract_of_budgets import BudgetContract
from tests.store.contract_of_slots import SlotContract


class TestMemoryStore(StoreContract, BudgetContract, SlotContract):
    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()


class TestDjangoStore(StoreContract, BudgetContract, SlotContract):
    @pytest.fixture
    def bench(self, database: str) -> DjangoBench:
        return DjangoBench()
