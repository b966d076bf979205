"""The pages under /settings/, in the order of their tabs. A new page is one line."""

from dataclasses import dataclass

from django.urls import reverse

from failover.models import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsTab:
    """One tab, as a page draws it."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """One page of settings: the name of its path, and who may open it."""

    url: str
    label: str
    role: Role

    def tab(self, path: str) -> SettingsTab:
        """The tab, on the page of this path."""
        href = reverse(self.url)
        return SettingsTab(
            label=self.label, href=href, is_current=path.startswith(href)
        )


SETTINGS = (
    SettingsPage(url="settings-appearance", label="Appearance", role=Role.VIEWER),
    SettingsPage(url="settings-security", label="Security", role=Role.VIEWER),
    SettingsPage(url="settings-tokens", label="API tokens", role=Role.VIEWER),
    SettingsPage(url="settings-users", label="Users and roles", role=Role.ADMIN),
    SettingsPage(url="settings-accounts", label="Accounts", role=Role.ADMIN),
)
