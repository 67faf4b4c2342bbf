"""Honest availability (R13, R27): how much of the agreed time a service was there, and why not.

`engine` and `announced` hold the rules as pure functions over whole minutes; `facts` reads notices
and hours, `counting` makes the figures of a month, `measure` gives them to the reports of `sla`,
`showing` puts frozen and running months together for pages and files. docs/availability.md states
the rules with an example that was computed by hand.
"""
