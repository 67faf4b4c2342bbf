"""What the verbs of subscriptions refuse, in words for whoever asked."""

from django.utils.translation import gettext_lazy as _

from persian.digits import grouped


class SubscriptionError(Exception):
    """Refused; `str()` is a sentence for the one who asked, in the active language."""

    words = _("This is not possible now.")

    def __str__(self) -> str:
        return str(self.words)


class AskedTooOften(SubscriptionError):
    """Over a limit of the network, the contact or the whole site."""

    words = _("This was asked too often. Please try again in an hour.")
    longer = _("This was asked too often. Please try again in %(hours)s hours.")

    def __init__(self, hours: int = 1) -> None:
        super().__init__(hours)
        self.hours = hours

    def __str__(self) -> str:
        if self.hours == 1:
            return str(self.words)
        return str(self.longer) % {"hours": grouped(self.hours)}


class WrongCode(SubscriptionError):
    """No such code, or it was used, or its time is over: which of them, nobody is told."""

    words = _("This code is wrong, was used already, or its time is over. Ask for a new one.")
