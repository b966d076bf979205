"""The way into an AWS account, against an EC2 and an STS that insist."""
