"""Pages for people, from the record to a real browser."""
