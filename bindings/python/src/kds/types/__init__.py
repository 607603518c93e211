"""What the clients' methods take and answer, as typed dicts: one module for each service."""
