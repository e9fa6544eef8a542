"""Where somebody who speaks here can be written to later."""

from __future__ import annotations

from handlers.conversation import Address, Incoming
from handlers.inbox import CHANNELS, inbox_of
from handlers.ports_mail import Mailroom


def writable(incoming: Incoming, mail: Mailroom) -> Address:
    """The conversation itself; on a channel that can't call anybody, the person's inbox."""
    if incoming.address.channel in CHANNELS:
        return inbox_of(incoming.actor)
    return mail.addresses.home(incoming.address)
