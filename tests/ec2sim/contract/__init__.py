"""What EC2 promises, asked of ec2sim through every door with the same questions.

No test here knows the inside of ec2sim; how the doors are opened is in `doors`.
"""
