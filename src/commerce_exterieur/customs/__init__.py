"""What customs publish, said once: names, lines, label lists, archives, manifests.

`names` says what a file's name tells, `line` what a line of customs is, `shape` what a
file holds by its first bytes, `labels` the lists of codes shipped beside the lines,
`archive` what is in a zip as shipped, `manifest` what a download or a simulation
records of its files. The evidence behind each rule is in docs/sources.md.
"""
