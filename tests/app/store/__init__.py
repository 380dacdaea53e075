"""What SQL remembers, on both databases."""
