"""Examples for the schema: the article's pair, and what may be said of it."""

from collections.abc import Mapping
from typing import Any, Final

from failover.api import bodies, ec2_shapes, job_shapes, pair_shapes

PRIMARY = "i-09a505d623e75d4d2"
STANDBY = "i-0190e152559b4866c"
INTERFACE = "eni-415e9270"
ALLOCATION = "eipalloc-4f07e372"
JOB = "7f3f2c5e-59a4-4ae1-9f0c-6a3e9d6f2b11"
AT = "2026-11-29T08:00:00Z"
LATER = "2026-11-29T08:00:05.300000Z"
PLAN_HASH = "5f2b0c3f6f0a4d0b9a6f1f5a7d2d8d3a5b1f0f7f5c8e4b6d9a3c2e1f0a9b8c7d"
REQUEST_ID = "4f8e3f0e-2c1e-4b6a-8f0d-9d5b6c7a8e9f"

_CHECK = {
    "code": "same_zone",
    "ok": True,
    "severity": "error",
    "detail": f"{INTERFACE} and {STANDBY} are both in eu-west-1a.",
}
_FAILED = {
    "code": "target_state",
    "ok": False,
    "severity": "error",
    "detail": f"{STANDBY} is stopped. Start it first.",
}
_STEPS = [
    {
        "name": name,
        "state": "done",
        "started_at": AT,
        "finished_at": LATER,
        "duration_s": seconds,
        "calls": calls,
    }
    for name, seconds, calls in (
        ("check", 0.1, 0),
        ("detach", 0.2, 1),
        ("wait_detached", 2.9, 0),
        ("attach", 0.1, 1),
        ("wait_attached", 2.0, 0),
        ("verify", 5.0, 0),
    )
]
_JOB = {
    "id": JOB,
    "kind": "swap",
    "pair": "article",
    "strategy": "eni",
    "network_interface_id": INTERFACE,
    "allocation_id": None,
    "private_ip": None,
    "route_table_ids": [],
    "destination_cidr": None,
    "state": "succeeded",
    "from_instance_id": PRIMARY,
    "to_instance_id": STANDBY,
    "aim_instance_id": STANDBY,
    "reason": "patching",
    "trigger": "api",
    "requested_by": "anna",
    "requested_at": AT,
    "started_at": AT,
    "cancel_requested_at": None,
    "outage_started_at": AT,
    "restored_at": LATER,
    "finished_at": LATER,
    "outage_s": 5.3,
    "duration_s": 10.4,
    "waiting_for": None,
    "message": f"The interface is attached to {STANDBY}.",
    "steps": _STEPS,
    "calls": [
        {
            "action": "DetachNetworkInterface",
            "at": AT,
            "duration_s": 0.2,
            "outcome": "ok",
            "error_code": None,
            "aws_request_id": REQUEST_ID,
        }
    ],
}
_PAIR = {
    "name": "article",
    "account": "default",
    "region": "eu-west-1",
    "strategy": "eni",
    "primary_instance_id": PRIMARY,
    "standby_instance_id": STANDBY,
    "network_interface_id": INTERFACE,
    "device_index": 1,
    "allocation_id": None,
    "private_ip": None,
    "route_table_ids": [],
    "destination_cidr": None,
    "probe": {"kind": "http", "port": 8080, "path": "/", "expect": "Welcome"},
    "policy": {
        "force": "never",
        "force_after_s": 60.0,
        "confirm": "none",
        "approval": False,
        "automation": "off",
    },
    "active_instance_id": PRIMARY,
    "desired_instance_id": PRIMARY,
    "frozen": None,
    "readiness": {"ready": True, "checks": [_CHECK], "checked_at": AT, "since": AT},
    "sync": "as-expected",
    "job": None,
    "version": 3,
}
_REGION = {
    "id": "6f1d2c3b-4a59-8687-8000-000000000001",
    "account": "default",
    "region": "eu-west-1",
    "synced_at": AT,
    "sync_error": None,
    "observed_age_s": 12.4,
}
_PROBLEM = {"pair": "second", "job": JOB}

OF: Final[Mapping[Any, Any]] = {
    bodies.SwapBody: {
        "to": STANDBY,
        "expected_active": PRIMARY,
        "plan_hash": PLAN_HASH,
        "reason": "patching",
    },
    bodies.SwapsBody: {"pairs": ["article", "second"], "reason": "zone drill"},
    bodies.PairBody: {
        "name": "article",
        "region": "eu-west-1",
        "strategy": "eni",
        "primary_instance_id": PRIMARY,
        "standby_instance_id": STANDBY,
        "network_interface_id": INTERFACE,
        "device_index": 1,
    },
    bodies.PairChangeBody: {"policy": {"confirm": "reason"}},
    bodies.FreezeBody: {"reason": "kernel update", "until": "2026-11-29T18:00:00Z"},
    bodies.AcknowledgeBody: {"comment": "seen; the standby is being replaced"},
    bodies.PutBackBody: {"reason": "the console moved it"},
    bodies.AttachBody: {"instance_id": STANDBY, "device_index": 2},
    bodies.DetachBody: {"force": False},
    bodies.RegionBody: {
        "region": "eu-west-1",
        "account": "production",
        "role_arn": "arn:aws:iam::123456789012:role/swapboard-failover",
    },
    job_shapes.Job: _JOB,
    pair_shapes.Pair: _PAIR,
    ec2_shapes.Region: _REGION,
    ec2_shapes.SyncRequested: {"sync_requested_at": AT},
    pair_shapes.Plan: {
        "to": STANDBY,
        "active_instance_id": PRIMARY,
        "calls": [
            {
                "action": "DetachNetworkInterface",
                "args": {"AttachmentId": "eni-attach-01234567", "Force": False},
            },
            {
                "action": "AttachNetworkInterface",
                "args": {
                    "NetworkInterfaceId": INTERFACE,
                    "InstanceId": STANDBY,
                    "DeviceIndex": 1,
                },
            },
        ],
        "checks": [_CHECK],
        "expected_outage_s": 5.3,
        "plan_hash": PLAN_HASH,
        "observed_at": AT,
    },
}
PROBLEMS: Final[Mapping[str, Mapping[str, Any]]] = {
    "400": {
        "type": "urn:swapboard:problem:invalid",
        "title": "The request is not valid",
        "status": 400,
        "detail": "to: An instance id, such as i-0123456789abcdef0.",
        "code": "invalid",
        "errors": {"to": ["An instance id, such as i-0123456789abcdef0."]},
    },
    "409": {
        "type": "urn:swapboard:problem:job_active",
        "title": "A job is already at work",
        "status": 409,
        "detail": f"Job {JOB} is at work on this. Wait for its end, or cancel it.",
        "code": "job_active",
        "job": JOB,
    },
    "422": {
        "type": "urn:swapboard:problem:preflight",
        "title": "The checks stand in the way",
        "status": 422,
        "detail": _FAILED["detail"],
        "code": "preflight",
        "checks": [_FAILED],
    },
}
_REFUSED = {**PROBLEMS["409"], **_PROBLEM}
_LISTED: Final[Mapping[Any, Any]] = {
    job_shapes.JobList: _JOB,
    pair_shapes.PairList: _PAIR,
    ec2_shapes.RegionList: _REGION,
}


def of_answer(answer: Any) -> Any:
    """An example of the shape, or None."""
    if answer is job_shapes.Swaps:
        return {"accepted": [_JOB], "refused": [_REFUSED]}
    if answer in _LISTED:
        row = _LISTED[answer]
        return {"count": 1, "next": None, "previous": None, "results": [row]}
    return OF.get(answer)
