"""The little of GitHub's GraphQL that has no REST twin: review threads and whether they are resolved."""
