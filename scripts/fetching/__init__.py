"""Parts of `fetch_customs.py`, one subject each.

`catalogue` reads what data.gouv.fr offers and picks the flow files, `download` brings
one archive here, `archive` unpacks it, `store` keeps the files and their manifests.
Everything that comes from the network is data to check: no title, file name or path
of a zip ever becomes a path here.
"""
