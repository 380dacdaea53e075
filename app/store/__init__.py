"""What is remembered in SQL: one small repository class an aggregate, plain values in and out."""
