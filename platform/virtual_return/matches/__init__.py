"""Who fits which need, with reasons: the only bridge between the database and `matching`."""
