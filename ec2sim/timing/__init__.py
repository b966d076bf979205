"""When things happen: a clock that can be stopped and scaled, and its timers.

The only place of ec2sim that reads the machine's clock or sleeps.
"""
