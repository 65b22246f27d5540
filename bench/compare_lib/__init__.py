"""What `bench/compare` is made of, in the order it works: workloads, origin, peers, measure, fidelity, report."""
