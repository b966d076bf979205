"""What an operator types: answers on stdout, exit codes."""
