"""Threads, comments, pins and decisions."""
