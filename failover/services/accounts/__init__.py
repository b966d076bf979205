"""The way into an AWS account: its role, policies, trials, and what it may do."""
