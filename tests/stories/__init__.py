"""Stories of cases: random commands through the real actions, on the tables, and what must hold of them."""
