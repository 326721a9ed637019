"""The pages: one function an address. Each asks reads, or takes one action, and answers with one template."""
