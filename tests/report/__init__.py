"""What the product says, held to its limits and to what hostile text may not do."""
