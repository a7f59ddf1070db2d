"""What a request costs: `python -m benchmarks --help`, or `make bench`. Linux only, for the clocks of processes."""
