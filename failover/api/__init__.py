"""What a program sees: REST under /api/v1/, exactly as contract.md has it.

Thin: read, ask one verb of `services`, answer. No rule about EC2 or jobs lives here.
"""
