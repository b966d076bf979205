"""What moves in one atomic call: an Elastic IP, a private address, routes (P5).

Where its parts lie, the decide table, stamps, plan and checks of `eip`, `private-ip`
and `route`. Pure like the rest of the engine; nothing here knows of attachments' ranks.
"""
