"""Background work: what must happen is a row, Redis only hurries it along."""
