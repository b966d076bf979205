"""What an operator types. Each command is a thin door to `services`."""
