"""How the cells of a column are written: numbers, dates and durations, from their texts alone."""
