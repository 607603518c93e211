"""Processors of version 3."""
