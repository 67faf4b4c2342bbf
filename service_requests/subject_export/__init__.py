"""The data of one person or one organisation, to take along in an open format (R39).

`finding` says which cases are theirs, `handing_out` checks, records and begins, `records` writes a
case as JSON, `package` puts the archive together. docs/data-export.md describes the format.
"""
