"""The actions of the console: one call to EC2 each, with its row before it leaves.

`orders` says what is to be done, `carrying` does it, `following` looks after what takes
time or was lost; `interfaces`, `elastic_ips`, `instances` and `tagging` are the verbs.
Whatever moves a floating resource is a job, not an action: `services.swaps` and
`services.interfaces`.
"""
