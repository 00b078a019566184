"""Setting up a brand: name, hours, holidays, channels, canned replies."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, cast

from msgspec import Meta, field

from waada import calendars
from waada.core import commands as c
from waada.core.hours import Hours, HoursRefused
from waada.core.ids import PersonId
from waada.core.people import Brand, Canned, Channel, ChannelKind
from waada.core.policies import Policy
from waada.sealing import channel_purpose, seal
from waada.web import shapes as s
from waada.web.access import MASK, shown_brand, shown_channel
from waada.web.endpoints import Call, Endpoint
from waada.web.problems import Problem
from waada.web.proofs import prove
from waada.web.zones import check_zone

ICAL_BYTES_MAX = 2_000_000
# Hours travel with the brand to every screen: room for years of holidays and for any real day, not for a flood.
DAYS_MAX = 1_000
INTERVALS_MAX = 24
# Settings whose values nobody reads back: sealed on the way in, masked on the way out.
_SECRET_ENDINGS = ("password", "secret")
PlainHours = dict[str, Any]


class BrandAnswer(s.Struct):
    """The brand as it is now."""

    brand: Brand


class ChannelAnswer(s.Struct):
    """A channel as it is now."""

    channel: Channel


class CannedAnswer(s.Struct):
    """A canned reply as it is now."""

    canned: Canned


class HolidayView(s.Struct):
    """A day on which nothing opens."""

    date: date
    name: str


class BrandRequest(s.Struct):
    """What a brand is called, where it is, what it speaks."""

    name: s.Name
    zone: str
    languages: Annotated[tuple[s.Language, ...], Meta(min_length=1)]
    colour: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}" + s.END)]


class DemandGiven(s.Struct):
    """How many write on the channel a day, as somebody expects it; the hours are those of a usual shop."""

    a_day: Annotated[float, Meta(gt=0, le=100_000)]


class ChannelRequest(s.Struct):
    """A way in. It can't be live without a policy; an empty team means everybody.

    `override_reason` is an owner's, for a promise that the team can't keep; `overridden` in the policy is not read.
    `demand` is what somebody expects where nobody has written yet: the promise is tried against it (`api_plan.py`).
    """

    kind: ChannelKind
    name: s.Name
    live: bool
    address: s.Email | None = None
    policy: Policy | None = None
    override_reason: Annotated[str, Meta(max_length=2_000)] | None = None
    demand: DemandGiven | None = None
    hours: PlainHours | None = None
    team: tuple[s.Id, ...] = ()
    settings: dict[Annotated[str, Meta(max_length=60)], Annotated[str, Meta(max_length=10_000)]] = field(
        default_factory=dict
    )


class CannedRequest(s.Struct):
    """A reply written beforehand."""

    title: s.Name
    text: Annotated[str, Meta(max_length=20_000)]
    language: s.Language = "en"


class HolidaysQuery(s.Struct):
    """Which holidays: ISO 3166 country and part of it."""

    country: Annotated[str, Meta(pattern="^[A-Za-z]{2}" + s.END)]
    year: Annotated[int, Meta(ge=1970, le=2100)]
    subdivision: Annotated[str, Meta(pattern="^[A-Za-z0-9-]{1,10}" + s.END)] | None = None
    language: s.Language | None = None


async def brand(call: Call[None]) -> BrandAnswer:
    """The brand."""
    return BrandAnswer(brand=shown_brand(await call.brand()))


async def _changed(call: Call[Any], command: c.BrandCommand) -> Brand:
    return cast("Brand", (await call.handle(call.brand_id, command)).state)


async def change_brand(call: Call[BrandRequest]) -> BrandAnswer:
    """Change name, zone, languages, colour."""
    asked = call.asked
    check_zone(asked.zone, "zone")
    command = c.ChangeBrand(name=asked.name, zone=asked.zone, languages=asked.languages, colour=asked.colour)
    return BrandAnswer(brand=shown_brand(await _changed(call, command)))


async def set_hours(call: Call[PlainHours]) -> BrandAnswer:
    """Set when the brand has people."""
    return BrandAnswer(brand=shown_brand(await _changed(call, c.SetHours(hours=hours_from(call.asked)))))


def hours_from(plain: PlainHours, field: str = "hours") -> Hours:
    """Return hours from their plain form, or say what is wrong with them."""
    check_zone(plain.get("zone") if isinstance(plain.get("zone"), str) else "", f"{field}.zone")
    try:
        hours = Hours.from_plain(plain)
    except (HoursRefused, ValueError, TypeError, KeyError) as error:
        raise Problem(422, str(error), field=field) from error
    if len(hours.holidays) + len(hours.special_days) > DAYS_MAX:
        raise Problem(422, f"Keep it to {DAYS_MAX:,} holidays and special days; leave out those gone by.", field=field)
    if any(len(times) > INTERVALS_MAX for times in (*hours.week, *(times for _, times in hours.special_days))):
        raise Problem(422, f"Keep it to {INTERVALS_MAX} intervals a day.", field=field)
    return hours


async def set_channel(call: Call[ChannelRequest]) -> ChannelAnswer:
    """Make or change a channel."""
    channel = channel_from(call, await call.brand())
    await _check_address_free(call, channel)
    await prove(call, await call.brand(), channel, call.asked.demand.a_day if call.asked.demand else None)
    found = (await _changed(call, c.SetChannel(channel=channel))).channel(channel.key)
    assert found is not None, "a channel that was set is there"
    return ChannelAnswer(channel=shown_channel(found))


def channel_from(call: Call[ChannelRequest], brand: Brand) -> Channel:
    """Return the channel as a request asks for it; what only stands for something is put back from the one before."""
    asked, key = call.asked, call.path["channel"]
    before = brand.channel(key)
    return Channel(
        key=key,
        kind=asked.kind,
        name=asked.name,
        live=asked.live,
        address=asked.address,
        policy=_policy(call, before.policy if before is not None else None),
        hours=hours_from(asked.hours) if asked.hours is not None else None,
        team=tuple(PersonId(each) for each in asked.team),
        settings=_settings(call, key, dict(before.settings) if before is not None else {}),
    )


def _policy(call: Call[ChannelRequest], before: Policy | None) -> Policy | None:
    """Return the policy as it is kept: an owner says why it was overridden; that lasts until the policy changes."""
    asked, reason = call.asked.policy, call.asked.override_reason
    if reason is None:
        kept = asked is not None and before is not None and replace(asked, overridden=before.overridden) == before
        return before if kept else None if asked is None else replace(asked, overridden=None)
    if call.someone.role != "owner":
        raise Problem(403, "Only an owner may publish a promise that the team can't keep. Ask one, or promise less.")
    if asked is None:
        raise Problem(422, "There is no promise to override. Give a policy, too.", field="override_reason")
    if not reason.strip():
        problem = "Write why you promise what the team can't keep; it stays on the record."
        raise Problem(422, problem, field="override_reason")
    return replace(asked, overridden=reason.strip())


async def _check_address_free(call: Call[Any], channel: Channel) -> None:
    """Mail to an address goes to one brand of an installation; within the brand, the brand itself looks after that."""
    address = (channel.address or "").lower()
    if channel.kind != "mail" or not address:
        return
    for brand in await call.parts.store.brands():
        taken = any(each.kind == "mail" and (each.address or "").lower() == address for each in brand.channels)
        if brand.id != call.brand_id and taken:
            raise Problem(
                409, f"{channel.address} belongs to another brand here. Use another address.", field="address"
            )


def _settings(call: Call[ChannelRequest], key: str, before: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the settings as they are kept: secret ones sealed; a mask that came back unchanged means "as before"."""
    kept: list[tuple[str, str]] = []
    for name, value in sorted(call.asked.settings.items()):
        if not value:
            continue
        if not name.endswith(_SECRET_ENDINGS):
            kept.append((name, value))
        elif value != MASK:
            kept.append((name, seal(call.parts.secret, value, channel_purpose(call.brand_id, key, name))))
        elif name in before:
            kept.append((name, before[name]))
    return tuple(kept)


async def set_canned(call: Call[CannedRequest]) -> CannedAnswer:
    """Make or change a canned reply."""
    asked = call.asked
    canned = Canned(key=call.path["canned"], title=asked.title, text=asked.text, language=asked.language)
    await _changed(call, c.SetCanned(canned=canned))
    return CannedAnswer(canned=canned)


async def drop_canned(call: Call[None]) -> None:
    """Offer a canned reply no longer."""
    await _changed(call, c.DropCanned(key=call.path["canned"]))


async def holidays(call: Call[HolidaysQuery]) -> tuple[HolidayView, ...]:
    """Public holidays of a country, or of a part of it."""
    asked = call.asked
    try:
        found = await asyncio.to_thread(
            calendars.public_holidays,
            asked.country.upper(),
            years=[asked.year],
            subdivision=asked.subdivision.upper() if asked.subdivision else None,
            language=asked.language,
        )
    except calendars.CalendarRefused as refused:
        raise Problem(422, str(refused), field="country") from refused
    return tuple(HolidayView(date=each.day, name=each.name) for each in found)


async def holidays_from_file(call: Call[None]) -> tuple[HolidayView, ...]:
    """The days that a calendar file closes, this year and next."""
    years = [call.now.year, call.now.year + 1]
    try:
        found = await asyncio.to_thread(calendars.holidays_from_ical, call.raw, years=years)
    except calendars.CalendarRefused as refused:
        raise Problem(422, str(refused)) from refused
    return tuple(HolidayView(date=each.day, name=each.name) for each in found)


def endpoints() -> tuple[Endpoint, ...]:
    """Return the doors of this module."""
    canned = "/api/v1/canned/{canned}"
    return (
        Endpoint(
            method="GET", path="/api/v1/brand", summary="Read the brand", handler=brand, who="agent", answer=BrandAnswer
        ),
        _put("/api/v1/brand", "Change the brand", change_brand, BrandRequest, BrandAnswer, who="owner"),
        _put("/api/v1/brand/hours", "Set the opening hours", set_hours, PlainHours, BrandAnswer),
        _put("/api/v1/channels/{channel}", "Make or change a channel", set_channel, ChannelRequest, ChannelAnswer),
        _put(canned, "Make or change a canned reply", set_canned, CannedRequest, CannedAnswer),
        Endpoint(
            method="DELETE", path=canned, summary="Drop a canned reply", handler=drop_canned, who="lead", status=204
        ),
        Endpoint(
            method="GET",
            path="/api/v1/holidays",
            summary="Read public holidays",
            handler=holidays,
            who="agent",
            query=HolidaysQuery,
            answer=tuple[HolidayView, ...],
        ),
        Endpoint(
            method="POST",
            path="/api/v1/holidays/ical",
            summary="Read the days of a calendar file",
            handler=holidays_from_file,
            who="lead",
            raw="text/calendar",
            body_max=ICAL_BYTES_MAX,
            answer=tuple[HolidayView, ...],
        ),
    )


def _put(
    path: str, summary: str, handler: Any, body: Any, answer: Any, *, who: Literal["lead", "owner"] = "lead"
) -> Endpoint:
    return Endpoint(
        method="PUT", path=path, summary=summary, handler=handler, who=who, statuses=(409,), body=body, answer=answer
    )
