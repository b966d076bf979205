"""The Django project: settings from the environment, urls, processes. No rules.

`settings.py` is the only reader of the environment; `supervisor.py` and `broker.py`
stand behind `manage.py up`. Nothing of `failover` is decided here.
"""
