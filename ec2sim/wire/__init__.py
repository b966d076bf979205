"""HTTP: EC2's query protocol, the control door, and moto behind them for the rest.

No rule of EC2 is decided here.
"""
