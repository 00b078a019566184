"""The web: API, feed, pages, and the one place that decides who gets in."""
