"""The actions of the console, against a simulated EC2."""
