"""Statuses as icon, word and colour; never as colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from failover.web.presenters import icons

Tone = Literal["success", "error", "warning", "info", "quiet", "busy"]

ICONS: Mapping[Tone, str] = {
    "success": "check-circle",
    "error": "x-circle",
    "warning": "exclamation-triangle",
    "info": "information-circle",
    "quiet": "minus-circle",
    "busy": "arrow-path",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """One status; `icon` is a Heroicon's name."""

    word: str
    tone: Tone
    icon: str

    @property
    def icon_class(self) -> str:
        return "icon spin" if self.tone == "busy" else "icon"

    @property
    def drawing(self) -> str:
        """The icon itself."""
        return icons.draw(self.icon, self.icon_class)


def make(word: str, tone: Tone, icon: str = "") -> Badge:
    """A badge with the icon of its tone unless another is named."""
    return Badge(word=word, tone=tone, icon=icon or ICONS[tone])


def _spoken(status: str) -> str:
    return status.replace("_", "-").capitalize() if status else "Unknown"


INTERFACE: Mapping[str, tuple[Tone, str]] = {
    "in-use": ("success", ""),
    "available": ("info", ""),
    "attaching": ("busy", ""),
    "detaching": ("busy", ""),
    "associated": ("success", ""),
    "pending": ("busy", ""),
}
INSTANCE: Mapping[str, tuple[Tone, str]] = {
    "running": ("success", ""),
    "pending": ("busy", ""),
    "stopping": ("busy", ""),
    "shutting-down": ("busy", ""),
    "stopped": ("quiet", "stop-circle"),
    "terminated": ("error", ""),
}
JOB: Mapping[str, tuple[Tone, str]] = {
    "queued": ("quiet", "clock"),
    "running": ("busy", ""),
    "succeeded": ("success", ""),
    "reversed": ("warning", "arrow-uturn-left"),
    "cancelled": ("quiet", "no-symbol"),
    "parked": ("error", "exclamation-triangle"),
}
STEP: Mapping[str, tuple[Tone, str]] = {
    "waiting": ("quiet", "clock"),
    "running": ("busy", ""),
    "done": ("success", ""),
    "skipped": ("quiet", ""),
    "failed": ("error", ""),
}
CALL: Mapping[str, tuple[str, Tone, str]] = {
    "ok": ("Accepted", "success", ""),
    "refused": ("Refused", "error", ""),
    "throttled": ("Throttled", "warning", "pause-circle"),
    "unknown": ("Outcome unknown", "warning", "question-mark-circle"),
    "not_sent": ("Not sent", "quiet", ""),
    "": ("In flight", "busy", ""),
}
SYNC: Mapping[str, tuple[str, Tone, str]] = {
    "as-expected": ("As expected", "success", ""),
    "drifted": ("Drifted", "error", "exclamation-triangle"),
    "unknown": ("Unknown", "warning", "question-mark-circle"),
}


def for_interface(status: str) -> Badge:
    tone, icon = INTERFACE.get(status, ("quiet", "question-mark-circle"))
    return make(_spoken(status), tone, icon)


def for_instance(state: str) -> Badge:
    tone, icon = INSTANCE.get(state, ("quiet", "question-mark-circle"))
    return make(_spoken(state), tone, icon)


def for_status_checks(system: str, instance: str) -> Badge:
    """EC2's two status checks as one; empty means that none has reported."""
    if not system and not instance:
        return make("No data", "quiet")
    if system in ("ok", "passed") and instance in ("ok", "passed"):
        return make("2/2 passed", "success")
    if "impaired" in (system, instance):
        return make("Impaired", "error")
    return make(_spoken(instance if system == "ok" else system), "warning")


def for_job(state: str) -> Badge:
    tone, icon = JOB[state]
    return make(_spoken(state), tone, icon)


def for_step(state: str) -> Badge:
    tone, icon = STEP[state]
    return make(_spoken(state), tone, icon)


def for_call(outcome: str) -> Badge:
    word, tone, icon = CALL[outcome]
    return make(word, tone, icon)


def for_check(*, ok: bool, severity: str) -> Badge:
    if ok:
        return make("Passed", "success")
    return (
        make("Warning", "warning") if severity == "warning" else make("Failed", "error")
    )


def for_sync(sync: str) -> Badge:
    word, tone, icon = SYNC[sync]
    return make(word, tone, icon)


def for_readiness(
    *, is_known: bool, is_busy: bool, is_ready: bool, has_warnings: bool
) -> Badge:
    """A pair's health: whether a swap would be safe now."""
    if is_busy:
        return make("Moving", "busy")
    if not is_known:
        return make("Not checked yet", "quiet", "clock")
    if not is_ready:
        return make("Not ready", "error")
    return make("Degraded", "warning") if has_warnings else make("Ready", "success")
