"""What the box remembers: accounts, repositories, pull requests, checks and conversations, all in memory."""
