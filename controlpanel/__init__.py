"""The Django project: settings from the environment, urls, processes. No rules.

`settings.py` is the only reader of the environment; `supervisor.py` and `broker.py`
stand behind `manage.py up`. Nothing of `failover` is decided here.
"""

# As pyproject.toml has it; an image holds no pyproject.toml.
VERSION = "0.1.0"
