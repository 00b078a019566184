"""Waada, the promise desk: every enquiry gets a promise, and every minute of neglect is measured."""
