"""Actor → audience. Configuration decides, by channel; whatever is unknown is an outsider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from handlers.conversation import Actor

AudienceOf = Literal["outsider", "client", "broker"]


class Access:
    """Settles which documents an actor may read, whatever the channel claimed about him."""

    def __init__(self, by_channel: Mapping[str, AudienceOf]) -> None:
        """`by_channel`: the audience of everybody who speaks there, for channels that are
        closed by other means (the console; the web page behind loopback or its token)."""
        self.by_channel = dict(by_channel)

    def settle(self, actor: Actor) -> Actor:
        """The same actor with the audience that configuration gives him."""
        audience = self.by_channel.get(actor.channel, "outsider")
        return actor.model_copy(update={"audience": audience})
