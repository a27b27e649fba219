"""The static site: a page a territory in two languages, and the pages to find them.

`make` builds the files of one territory, in a process of its own; `pages` the home,
comparison and Territoires d'industrie pages; `assets` what all pages share;
`fingerprint` says which territories have changed; `layout` where every file stands.
"""
