"""Second factors: passkeys, one-time codes, recovery codes, and what to do without them."""
