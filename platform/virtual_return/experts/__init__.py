"""Profiles: what people offer, and who may see it."""
