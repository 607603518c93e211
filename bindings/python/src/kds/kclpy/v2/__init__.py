"""Processors of version 2."""
