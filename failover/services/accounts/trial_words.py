"""Sentences of a trial of the way into an account: what is so, and what to do."""

from collections.abc import Mapping

TRUST = "Copy the trust policy below into the role"
# By what was tried and how it came out. Each bad one says what to do about it.
SENTENCES: Mapping[tuple[str, str], str] = {
    ("caller", "ok"): "AWS knows Swapboard as {arn}.",
    ("caller", "bad"): "AWS does not know Swapboard: {why}. Give this machine a role,"
    " a profile or keys that boto3 finds by itself.",
    ("with_id", "ok"): "The role {role} lets Swapboard in with the external id.",
    (
        "with_id",
        "bad",
    ): f"The role {{role}} does not let Swapboard in: {{why}}. {TRUST},"
    " and let Swapboard's own identity call sts:AssumeRole on it. IAM takes up to a"
    " minute for a change.",
    ("with_id", "unknown"): "Whether the role lets Swapboard in, nobody could say:"
    " {why}. Test again.",
    ("no_id", "bad"): "This account has no external id, so anybody who may use this"
    " Swapboard could name its role. Make one, and ask for it in the trust policy.",
    ("without_id", "ok"): "Without the external id it is shut, as it must be.",
    ("without_id", "bad"): "It opens without the external id too: the trust policy"
    f" lacks the condition sts:ExternalId. {TRUST}.",
    ("without_id", "unknown"): "Whether it opens without the external id, nobody"
    " could say: {why}. Test again.",
    ("wrong_id", "ok"): "With another external id it is shut, as it must be.",
    ("wrong_id", "bad"): "It opens with any external id: the condition of the trust"
    f" policy does not name this one. {TRUST}.",
    ("wrong_id", "unknown"): "Whether it opens with another external id, nobody could"
    " say: {why}. Test again.",
    ("reads", "ok"): "{region}: all {number} reads are allowed.",
    ("reads", "bad"): "{region}: not allowed to call {calls}. Copy the permission"
    " policy below.",
    ("reads", "unknown"): "{region}: EC2 gave no answer about reading: {why}.",
    ("call", "ok"): "{region}: {call} is allowed, asked for {sample}.",
    ("call", "bad"): "{region}: {call} is denied, asked for {sample}. Copy the"
    " permission policy below; where it goes by tag, see that these bear the tag.",
    ("call", "unknown"): "{region}: EC2 said neither yes nor no to {call}: {why}.",
    ("nothing_to_ask", "ok"): "{region}: no pair has a call that could be rehearsed"
    " now, so nothing that changes was asked.",
    ("too_slow", "unknown"): "{region}: not asked, the regions before it took too"
    " long. Test again.",
}


def say(code: str, outcome: str, args: Mapping[str, object]) -> str:
    """The sentence of one finding; what AWS wrote stays text in it."""
    return SENTENCES[code, outcome].format(**args)
