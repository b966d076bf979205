"""The roads through the whole house: real processes, reached only from outside."""
