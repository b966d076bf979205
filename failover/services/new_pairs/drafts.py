"""Drafts of pairs: one person's answers so far, seen and kept by nobody else."""

from collections.abc import Mapping

from failover import wiring
from failover.models import PairDraft, User
from failover.services import refusals

# The oldest gives way: nobody tends more unfinished pairs than these.
MOST_DRAFTS = 20
# Beyond this nothing of a form can be right.
MOST_TEXT = 1200

Said = Mapping[str, str]


def list_drafts(user: User) -> list[PairDraft]:
    """The newest first."""
    rows = PairDraft.objects.filter(user=user).order_by("-changed_at", "-id")
    return list(rows[:MOST_DRAFTS])


def get(*, user: User, draft_id: int) -> PairDraft:
    """One of the user's own. Raises NotFound, also for those of others."""
    draft = PairDraft.objects.filter(user=user, pk=draft_id).first()
    if draft is None:
        raise refusals.NotFound(what="draft", id=str(draft_id))
    return draft


def begin(*, user: User, said: Said) -> PairDraft:
    """Keep the first answers."""
    now = wiring.now()
    draft = PairDraft.objects.create(
        user=user, said=_cut(said), begun_at=now, changed_at=now
    )
    kept = [d.pk for d in list_drafts(user)]
    PairDraft.objects.filter(user=user).exclude(pk__in=kept).delete()
    return draft


def keep(*, draft: PairDraft, said: Said) -> PairDraft:
    """Keep more answers beside those that are there; new ones replace old ones."""
    draft.said = {**draft.said, **_cut(said)}
    draft.changed_at = wiring.now()
    draft.save(update_fields=["said", "changed_at"])
    return draft


def discard(draft: PairDraft) -> None:
    """Forget the answers."""
    draft.delete()


def _cut(said: Said) -> dict[str, str]:
    return {name: value[:MOST_TEXT].replace("\0", "") for name, value in said.items()}
