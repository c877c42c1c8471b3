"""The settings by subject: one class per section of the README's table, put together in ``config.settings``."""
