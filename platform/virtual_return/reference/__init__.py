"""Lists of the world that the product only looks things up in: places, languages, fields."""
