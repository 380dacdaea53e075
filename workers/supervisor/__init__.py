"""Everything in one command: Redis, worker and web as children that are kept alive and stopped in order."""
