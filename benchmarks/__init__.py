"""What Pegel costs, measured: `make bench` prints ratios against named peers in one run."""
