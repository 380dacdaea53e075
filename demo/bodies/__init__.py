"""The box's state as GitHub's JSON: pure functions, shared by REST answers and webhook payloads."""
