"""Bring in experts, needs and skills from files: whole files or nothing, bad lines by number."""
