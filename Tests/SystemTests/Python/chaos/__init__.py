"""A cluster of real processes under faults, and clients whose histories are checked afterwards.

`run.py` is where to begin. Links between nodes go through a proxy in user space, one listener for
each directed link: that needs no rights and no modules of the kernel (of netem not every kernel has
one), works for etcd as well, and can hold back one direction of a connection by itself.
"""
