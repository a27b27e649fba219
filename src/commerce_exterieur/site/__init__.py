"""The static site: a page a territory in two languages, and the pages to find them.

`workers` make territories side by side; `sheets` makes all files of one of them;
`index_pages` writes the rest: `home`, `comparison`, `industries` and `assets`, set by
`page` from the templates. `layout` says where every file stands, `gazetteer` what
places there are, `fingerprint` and `records` what has changed since it was last made.
"""
