"""What exists: rows that never change in place, and the tables that hold them.

No rule of EC2 is decided here, and nothing here waits, draws lots or speaks HTTP.
"""
