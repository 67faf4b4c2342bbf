"""How often one address may ask the doors of agreements that cost something."""

from desk_core.throttles import Limit

#: Looking a SHA-256 up.
LOOK_UPS = Limit("agreement-look-up", 120, 600)
#: Having a file read and its signatures checked.
FILES = Limit("agreement-file", 20, 600)
#: Opening a link to sign.
TOKENS = Limit("agreement-token", 20, 600)
