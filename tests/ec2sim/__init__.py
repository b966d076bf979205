"""ec2sim's own promises, asked through boto3, the AWS command line and its controls."""
