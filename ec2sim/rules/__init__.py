"""What EC2 allows and what follows from it: one file for each noun.

No HTTP and no XML here: a rule takes a region and parameters, under the account's
lock, and returns the reply as plain members or raises Ec2Error.
"""
