"""Tests of failover/probes."""
