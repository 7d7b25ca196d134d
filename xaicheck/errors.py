"""The errors a user can meet: each message is one sentence that says what to do next."""


class XaicheckError(Exception):
    """Base of every error that is shown to a user as it stands."""


class BadImage(XaicheckError):
    """The bytes are not a picture that can be explained."""


class BadRequest(XaicheckError):
    """A setting is not one of the allowed values; the message names them."""


class ModelUnavailable(XaicheckError):
    """The weights could not be had; the message names the model, the reason and the way out."""


class Refused(XaicheckError):
    """The method would be silently wrong on this model; the message says why."""


class Busy(XaicheckError):
    """The queue is full; trying again later helps."""


class Cancelled(XaicheckError):
    """Nobody waits for this computation any more."""
