"""e-automate's database: the one place that knows its SQL (docs/architecture.md)."""
