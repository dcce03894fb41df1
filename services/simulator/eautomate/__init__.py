"""A stand-in for e-automate: its database in one SQLite file, and the people who work in it."""
