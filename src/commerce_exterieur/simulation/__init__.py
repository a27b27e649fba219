"""Parts and data of the simulated customs sample.

Everything made here is SIMULATED: it has the layout of the customs files and a few
published totals, nothing else of it is real and none of it may be cited. The numbers
a person may want to change are in the `.csv` files of this folder; the modules only
say how they are combined.
"""
