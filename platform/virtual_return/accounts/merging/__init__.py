"""Make one account of two own ones: everything moves, nothing is lost."""
