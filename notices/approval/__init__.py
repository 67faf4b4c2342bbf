"""Publishing by two people, and alone when nobody else can be reached."""
