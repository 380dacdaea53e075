"""What people do on GitHub: push, open pull requests, talk, click, administer. Each sends its events."""
