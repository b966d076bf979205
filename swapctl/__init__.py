"""`swapctl`, the command-line client: what can be asked over REST, typed.

It needs nothing but Python, and knows nothing of the server but its REST interface.
`world` alone has a clock, chance and a terminal.
"""
