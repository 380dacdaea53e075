"""Pages for people, rendered on the server; they read the record and change nothing."""
