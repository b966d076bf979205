"""The small web page of each instance, on the Elastic IPs that lead to it."""
