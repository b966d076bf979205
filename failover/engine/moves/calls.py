"""The one call that moves a part to an end."""

from failover.engine.job import Action, Call, End, Part


def make_move(part: Part, end: End, *, is_free: bool) -> Call:
    """Take it from nobody when it was seen free, from our own other end otherwise (P2).

    `is_free` True: EC2 itself refuses if somebody has taken it meanwhile.
    """
    if part.allocation_id is not None:
        return Call(
            action=Action.ASSOCIATE,
            interface_id=end.interface_id,
            allocation_id=part.allocation_id,
            private_ip=end.private_ip,
            may_take=not is_free,
        )
    if part.route_table_id is not None:
        return Call(
            action=Action.CREATE_ROUTE if is_free else Action.REPLACE_ROUTE,
            interface_id=end.interface_id,
            route_table_id=part.route_table_id,
            destination_cidr=part.destination_cidr,
        )
    return Call(
        action=Action.ASSIGN,
        interface_id=end.interface_id,
        private_ip=part.private_ip,
        may_take=not is_free,
    )
