"""What programs read of notices: Statuspage v2, RSS, Atom, JSON Feed, iCalendar, CAP.

Public and read only. Which notices there are is asked of `notices.current` alone: what is on no
page is on no face. docs/status-interfaces.md names every address.
"""
