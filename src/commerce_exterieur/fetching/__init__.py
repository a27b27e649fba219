"""Parts of `fetch_customs.py`, one subject each.

`doors` are the places where customs offer their files; `pages` reads those that are
web pages, `catalogue` the one that is an API; both give `resources`. `choice` judges
what is offered and picks the flow files, `download` brings one archive here (`partial`
is what there is of it), `content` asks its lines whether they are what its name says,
`store` keeps the files and their manifests. `options` is the command line, `report`
says what happened. Names, archives and manifests are those of `customs`.

Everything that comes from the network is data to check: no title, file name or path of
a zip ever becomes a path here.
"""
