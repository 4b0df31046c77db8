"""Shares by link: recipients, codes, visits."""
