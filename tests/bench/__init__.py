"""What the product adds to EC2's own time, measured from outside."""
