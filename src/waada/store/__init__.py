"""The two stores (PostgreSQL and memory) and the embedded database under the first."""
