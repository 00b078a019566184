"""Signed-in customers prove who they are by an expiring token; whatever proves nothing makes a guest."""

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from waada.core import commands as c
from waada.core.people import Channel
from waada.core.policies import Policy
from waada.sealing import channel_purpose, seal
from web_customer.shop import SECRET, Shop
from web_customer.window import Window


async def with_settings(shop: Shop, **settings: str) -> None:
    policy = Policy(first_answer_seconds=900, next_answer_seconds=7200)
    chat = Channel(key="chat", kind="chat", name="chat", live=True, policy=policy, settings=tuple(settings.items()))
    await shop.tell_brand(c.SetChannel(channel=chat))


def claims(shop: Shop, **more: object) -> dict[str, Any]:
    soon = (shop.clock.now() + timedelta(minutes=10)).timestamp()
    return {"sub": "customer-7", "name": "Cora", "email": "cora@home.test", "exp": soon, **more}


async def test_a_signed_in_customer_is_known_on_every_device(shop: Shop) -> None:
    key = "a shared secret that is long enough"
    await with_settings(shop, identity_secret=seal(SECRET, key, channel_purpose(shop.brand, "chat", "identity_secret")))
    token = jwt.encode({"alg": "HS256"}, claims(shop), OctKey.import_key(key))
    async with Window(shop.app) as window:
        await window.hello(identity=token)
        await window.write("Where is my parcel?")
    state = shop.only()
    assert (state.customer.reference, state.customer.name, state.customer.verified) == ("customer-7", "Cora", True)
    async with Window(shop.app) as window:
        assert (await window.hello(identity=token))["conversation"] == state.id
    async with Window(shop.app) as window:
        assert (await window.hello())["conversation"] is None


async def test_a_public_key_is_enough(shop: Shop) -> None:
    key = OKPKey.generate_key("Ed25519")
    await with_settings(shop, identity_public_key=key.as_pem(private=False).decode())
    token = jwt.encode({"alg": "Ed25519"}, claims(shop), key, algorithms=["Ed25519"])
    async with Window(shop.app) as window:
        await window.hello(identity=token)
        await window.write("Where is my parcel?")
    assert shop.only().customer.reference == "customer-7"


@pytest.mark.parametrize(
    "fault",
    [
        "expired",
        "never expires",
        "far too long",
        "not yet",
        "nobody",
        "other key",
        "alg none",
        "public key as secret",
        "rubbish",
    ],
)
async def test_a_proof_that_proves_nothing_makes_a_guest(shop: Shop, fault: str) -> None:
    secret = "a shared secret that is long enough"
    pair = OKPKey.generate_key("Ed25519")
    public = pair.as_pem(private=False).decode()
    now = shop.clock.now().timestamp()
    wrong: dict[str, dict[str, object]] = {
        "expired": {"exp": now},
        "never expires": {"exp": None},
        "far too long": {"exp": now + 90_000},
        "not yet": {"nbf": now + 120},
        "nobody": {"sub": ""},
    }
    held = claims(shop, **wrong.get(fault, {}))
    key = "somebody else's secret, also long" if fault == "other key" else secret
    token = jwt.encode({"alg": "HS256"}, held, OctKey.import_key(key))
    if fault == "public key as secret":
        await with_settings(shop, identity_public_key=public)
        token = jwt.encode({"alg": "HS256"}, held, OctKey.import_key(public.replace("-----", "").strip()))
    else:
        await with_settings(shop, identity_secret=secret)
    if fault == "alg none":
        token = "eyJhbGciOiJub25lIn0." + token.split(".")[1] + "."
    async with Window(shop.app) as window:
        welcome_or_refusal = window.hello(identity="x.y" if fault == "rubbish" else token)
        welcome = await welcome_or_refusal
        await window.write("Where is my parcel?")
    assert welcome["conversation"] is None
    assert not shop.only().customer.verified
    assert shop.only().customer.reference is None
