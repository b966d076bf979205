"""Promises of the verbs and of the read side, over ec2sim and a real database."""
