"""The leaderboard on tables: errors, log losses, seconds and memory of us and of our peers."""
