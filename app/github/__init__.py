"""Everything said to or heard from GitHub; the one place that speaks githubkit.

`client` sends and classifies, `tokens` mints, `retry` and `pace` keep the documented limits; `pulls`,
`checks`, `comments` and `threads` are the calls the product makes, `payloads` what deliveries carry.
"""
