"""Which address belongs to which channel, and what is ours: addresses, reply addresses, domains of Message-IDs.

Made from the brands as they are set up now; made anew whenever one changes. No I/O.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from waada.channels.mail_facts import ParsedMail
from waada.channels.mail_kind import OwnAddresses
from waada.channels.mail_thread import ReplyAddresses, message_id_for
from waada.core.ids import BrandId, ConversationId, MessageId
from waada.core.people import Brand, Channel
from waada.tokens import derived, fingerprint

# A mail system may cut what stands before the @ after 64 characters; the token and its "+" take 43 of them.
_LOCAL_LENGTH_MAX = 64 - 43
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_OWN_UNIQUE = re.compile(rf"({_UUID})\.({_UUID})(?:\.[a-z0-9-]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A mail channel, and the brand it belongs to."""

    brand: Brand
    channel: Channel

    def setting(self, name: str, default: str = "") -> str:
        """Return one of the channel's settings."""
        return dict(self.channel.settings).get(name, default).strip()


class AddressBook:
    """All mail channels of this installation."""

    def __init__(self, brands: tuple[Brand, ...], secret: bytes, public_url: str) -> None:
        """Look at every brand once."""
        self._secret = secret
        self._host = urlsplit(public_url).hostname or "localhost"
        self._brands = {brand.id: brand for brand in brands}
        self._places: dict[str, Place] = {}
        self._catch_all: dict[str, Place] = {}
        for brand in brands:
            for channel in brand.channels:
                if channel.kind == "mail" and channel.address:
                    place = Place(brand=brand, channel=channel)
                    self._places.setdefault(channel.address.lower(), place)
                    if place.setting("catch_all") == "yes":
                        self._catch_all.setdefault(channel.address.lower().rpartition("@")[2], place)

    def brand(self, brand_id: BrandId) -> Brand | None:
        """Return a brand as it was when the book was made."""
        return self._brands.get(brand_id)

    def brands(self) -> tuple[Brand, ...]:
        """Return all brands."""
        return tuple(self._brands.values())

    def place_of(self, address: str) -> Place | None:
        """Return the channel that gets what is sent to an address; what stands behind a "+" does not count."""
        wanted = address.strip().lower()
        local, _, domain = wanted.rpartition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        return self._places.get(wanted) or self._places.get(plain) or self._catch_all.get(domain)

    def places(self, brand: Brand) -> tuple[Place, ...]:
        """Return the mail channels of a brand that have an address."""
        return tuple(place for place in self._places.values() if place.brand.id == brand.id)

    def own(self, brand: Brand) -> OwnAddresses:
        """Return what is the brand's own, to tell its own mail come back."""
        addresses = [place.channel.address or "" for place in self.places(brand)]
        domains = tuple(dict.fromkeys(self.own_domain(brand, one) for one in [*addresses, self.address_from(brand)]))
        return OwnAddresses(addresses=tuple(addresses), domains=domains)

    def own_domain(self, brand: Brand, address: str) -> str:
        """Return the right side of the Message-IDs of a brand: nobody else's, and the same for ever.

        It is not the address's own domain, because colleagues' mail programs make Message-IDs with that.
        """
        mark = fingerprint(derived(self._secret, "mail-domain", brand.id))[:10]
        return f"waada-{mark}.{address.rpartition('@')[2].lower()}"

    def address_from(self, brand: Brand, channel_key: str | None = None) -> str:
        """Return the address that mail of a channel comes from: its own, else one of the brand's."""
        return self._sender(brand, channel_key)[0]

    def _sender(self, brand: Brand, channel_key: str | None) -> tuple[str, Place | None]:
        places = self.places(brand)
        chosen = next((place for place in places if place.channel.key == channel_key), None)
        chosen = chosen or next((place for place in places if place.channel.live), None) or next(iter(places), None)
        if chosen is None:
            host = "localhost.localdomain" if "." not in self._host or self._host[-1].isdigit() else self._host
            return f"{brand.slug}@{host}", None
        return chosen.channel.address or "", chosen

    def sender_place(self, brand: Brand, channel_key: str | None) -> Place | None:
        """Return the mail channel through which something leaves, or None when the brand has none."""
        return self._sender(brand, channel_key)[1]

    def reply_to(self, brand: Brand, channel_key: str | None, conversation: ConversationId) -> str | None:
        """Return the signed address by which an answer finds its conversation, or None where it can't work."""
        address, place = self._sender(brand, channel_key)
        if place is None or place.setting("plus") == "no" or len(address.partition("@")[0]) > _LOCAL_LENGTH_MAX:
            return None
        return self._replies(place).address_for(conversation)

    def reply_addresses(self, brand: Brand) -> tuple[ReplyAddresses, ...]:
        """Return what reads signed addresses, one for each of the brand's addresses."""
        return tuple(self._replies(place) for place in self.places(brand))

    def _replies(self, place: Place) -> ReplyAddresses:
        key = derived(self._secret, "reply-address", place.brand.id).encode()
        return ReplyAddresses(base_address=place.channel.address or "", secrets=(key,))

    def message_id(
        self, brand: Brand, channel_key: str | None, conversation: ConversationId, message: MessageId
    ) -> str:
        """Return the Message-ID of one of our messages, the same on every attempt; it names its conversation."""
        domain = self.own_domain(brand, self.address_from(brand, channel_key))
        return message_id_for(f"{conversation}.{message}", domain)


def named_by(unique: str) -> tuple[ConversationId, MessageId] | None:
    """Return what the left side of one of our Message-IDs names."""
    found = _OWN_UNIQUE.fullmatch(unique.lower())
    return None if found is None else (ConversationId(found[1]), MessageId(found[2]))


def with_envelope(mail: ParsedMail, envelope_from: str | None, envelope_to: tuple[str, ...]) -> ParsedMail:
    """Return the mail with what only its envelope said, as a mail server would have noted it in the header."""
    if envelope_from is None and not envelope_to:
        return mail
    known = {*mail.to, *mail.cc, *mail.delivered_to}
    hidden = tuple(each.lower() for each in envelope_to if each.lower() not in known)
    path = mail.return_path if envelope_from is None else envelope_from.lower()
    return replace(mail, return_path=path, delivered_to=(*mail.delivered_to, *hidden))
