"""What the product decides about: pure, typed values and functions.

Nothing here knows a network, a file, a clock or the environment, and nothing is imported but this
package and the standard library (held by import-linter).
"""
