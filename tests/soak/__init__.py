"""The full counts that the evidence names. `make soak` runs them all; CI a tenth or less."""
