"""What `bench/compare` is made of, in the order it works: workloads, origin, peers, client, measure, fidelity, report."""
