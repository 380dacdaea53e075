"""Reading a change and its blobs with git; nothing is ever checked out."""
