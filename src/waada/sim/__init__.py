"""The same engine on a virtual clock: customers, people, faults, and an auditor that trusts none of it."""
