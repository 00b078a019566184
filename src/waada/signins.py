"""Who can sign in and who is signed in: records, the port that keeps them, and its form in memory.

They are no events: passwords and sessions have no place in a log that is kept for ever. Only hashes are stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from waada.core.ids import BrandId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """The hashed password of a person of a brand; `email` is how they sign in, in small letters."""

    brand_id: BrandId
    person_id: PersonId
    email: str
    password_hash: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in. `hash` is the hash of what its cookie holds; `seen_at` slides the expiry along."""

    hash: str
    brand_id: BrandId
    person_id: PersonId
    made_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link by which a person sets a password: once, and only until it expires."""

    hash: str
    brand_id: BrandId
    person_id: PersonId
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Failed sign-ins for one e-mail address since the last good one."""

    count: int
    last_at: datetime


class SignIns(Protocol):
    """What signing in needs from a store."""

    async def credentials(self, email: str) -> tuple[Credential, ...]:
        """Return the credentials of an address, one per brand."""
        ...

    async def set_credential(self, credential: Credential) -> None:
        """Set a person's address and password."""
        ...

    async def rename(self, brand_id: BrandId, person_id: PersonId, email: str) -> None:
        """The person signs in with another address from now on."""
        ...

    async def drop_person(self, brand_id: BrandId, person_id: PersonId) -> None:
        """A person who is gone can't sign in: password, sessions and invitations go."""
        ...

    async def begin_session(self, session: Session) -> None:
        """Keep a new session."""
        ...

    async def session(self, session_hash: str) -> Session | None:
        """Return a session by the hash of its cookie, however old it is."""
        ...

    async def touch(self, session_hashes: tuple[str, ...], now: datetime) -> frozenset[str]:
        """These sessions were used now; return those of them that still are."""
        ...

    async def end_session(self, session_hash: str) -> None:
        """Sign out."""
        ...

    async def end_sessions(self, brand_id: BrandId, person_id: PersonId, but: str | None = None) -> None:
        """Sign out everywhere, except in the session `but`."""
        ...

    async def last_seen(self, brand_id: BrandId) -> dict[PersonId, datetime]:
        """Return when each person of a brand was last seen in any session."""
        ...

    async def invite(self, invitation: Invitation) -> None:
        """Keep an invitation; the same one twice is one."""
        ...

    async def invitation(self, invitation_hash: str) -> Invitation | None:
        """Return an invitation by the hash of its token."""
        ...

    async def use_invitation(self, invitation_hash: str, now: datetime) -> bool:
        """Use it up; False when somebody did before."""
        ...

    async def failures(self, email: str) -> Failures | None:
        """Return the failed sign-ins of an address."""
        ...

    async def failed(self, email: str, now: datetime, forget_before: datetime) -> int:
        """Count a failed sign-in, forgetting older ones; return how many there are."""
        ...

    async def forgive(self, email: str) -> None:
        """A good sign-in: forget the failed ones."""
        ...

    async def sweep(self, sessions_before: datetime, failures_before: datetime) -> None:
        """Remove sessions not used since, and failures older than that."""
        ...


class MemorySignIns:
    """Sign-ins in dictionaries, for tests."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._credentials: dict[tuple[BrandId, PersonId], Credential] = {}
        self._sessions: dict[str, Session] = {}
        self._invitations: dict[str, Invitation] = {}
        self._failures: dict[str, Failures] = {}

    async def credentials(self, email: str) -> tuple[Credential, ...]:
        """Return the credentials of an address."""
        return tuple(each for each in self._credentials.values() if each.email == email)

    async def set_credential(self, credential: Credential) -> None:
        """Set a person's address and password."""
        self._credentials[credential.brand_id, credential.person_id] = credential

    async def rename(self, brand_id: BrandId, person_id: PersonId, email: str) -> None:
        """Change the address."""
        known = self._credentials.get((brand_id, person_id))
        if known is not None:
            self._credentials[brand_id, person_id] = replace(known, email=email)

    async def drop_person(self, brand_id: BrandId, person_id: PersonId) -> None:
        """Remove everything that lets a person in."""
        self._credentials.pop((brand_id, person_id), None)
        await self.end_sessions(brand_id, person_id)
        for invitation in tuple(self._invitations.values()):
            if (invitation.brand_id, invitation.person_id) == (brand_id, person_id):
                del self._invitations[invitation.hash]

    async def begin_session(self, session: Session) -> None:
        """Keep a new session."""
        self._sessions[session.hash] = session

    async def session(self, session_hash: str) -> Session | None:
        """Return a session."""
        return self._sessions.get(session_hash)

    async def touch(self, session_hashes: tuple[str, ...], now: datetime) -> frozenset[str]:
        """Slide sessions along."""
        known = frozenset(each for each in session_hashes if each in self._sessions)
        for each in known:
            session = self._sessions[each]
            self._sessions[each] = replace(session, seen_at=max(now, session.seen_at))
        return known

    async def end_session(self, session_hash: str) -> None:
        """Sign out."""
        self._sessions.pop(session_hash, None)

    async def end_sessions(self, brand_id: BrandId, person_id: PersonId, but: str | None = None) -> None:
        """Sign out everywhere."""
        for session in tuple(self._sessions.values()):
            if (session.brand_id, session.person_id) == (brand_id, person_id) and session.hash != but:
                del self._sessions[session.hash]

    async def last_seen(self, brand_id: BrandId) -> dict[PersonId, datetime]:
        """Return when people were last seen."""
        found: dict[PersonId, datetime] = {}
        for session in self._sessions.values():
            if session.brand_id == brand_id:
                found[session.person_id] = max(session.seen_at, found.get(session.person_id, session.seen_at))
        return found

    async def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""
        self._invitations.setdefault(invitation.hash, invitation)

    async def invitation(self, invitation_hash: str) -> Invitation | None:
        """Return an invitation."""
        return self._invitations.get(invitation_hash)

    async def use_invitation(self, invitation_hash: str, now: datetime) -> bool:
        """Use it up."""
        known = self._invitations.get(invitation_hash)
        if known is None or known.used_at is not None:
            return False
        self._invitations[invitation_hash] = replace(known, used_at=now)
        return True

    async def failures(self, email: str) -> Failures | None:
        """Return failed sign-ins."""
        return self._failures.get(email)

    async def failed(self, email: str, now: datetime, forget_before: datetime) -> int:
        """Count a failed sign-in."""
        known = self._failures.get(email)
        count = known.count + 1 if known is not None and known.last_at >= forget_before else 1
        self._failures[email] = Failures(count=count, last_at=now)
        return count

    async def forgive(self, email: str) -> None:
        """Forget failed sign-ins."""
        self._failures.pop(email, None)

    async def sweep(self, sessions_before: datetime, failures_before: datetime) -> None:
        """Remove what is old."""
        self._sessions = {key: each for key, each in self._sessions.items() if each.seen_at >= sessions_before}
        self._failures = {key: each for key, each in self._failures.items() if each.last_at >= failures_before}
