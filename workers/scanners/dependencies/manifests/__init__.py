"""One reader per manifest format: bytes in, dependencies and what could not be read out."""
