"""The commands of contract.md: answers on stdout, logs on stderr, exit 64 on misuse."""
