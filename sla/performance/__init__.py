"""The promise beside the fact: what pages, files and the API show of what was measured (R8, R13).

`showing.Performance` reads it, in one query, from frozen reports and the running month; a figure
that could point at a person is never made (`desk_core.suppression`).
"""
