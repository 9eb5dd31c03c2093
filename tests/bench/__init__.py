"""What work costs, as ratios within one run. `make bench`."""
