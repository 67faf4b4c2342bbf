"""A copy of the status pages in plain files, which outlives the application and its database.

`contents` says which addresses are in it, `reading` asks the site for them as a stranger, `links`
turns what they link to inwards or to the live site, `making` puts the files together, `folders`
and `storages` write them, and `rounds` does so again when something has changed.
"""
