"""Tests of what moves in one call: an Elastic IP, a private address, routes."""
