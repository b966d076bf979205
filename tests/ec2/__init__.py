"""The gateway over real HTTP, against an endpoint that a test scripts."""
