"""Sign-ins in PostgreSQL (see `signins.SignIns`, which says what each question means)."""

from __future__ import annotations

from datetime import datetime

from waada.core.ids import BrandId, PersonId
from waada.signins import Credential, Failures, Invitation, Session
from waada.store.columns import storable
from waada.store.postgres_pool import Database


class PostgresSignIns:
    """The tables of `access.sql`, on the pool of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def credentials(self, email: str) -> tuple[Credential, ...]:
        """Return the credentials of an address, one per brand."""
        return tuple(
            Credential(
                brand_id=BrandId(row["brand_id"]),
                person_id=PersonId(row["person_id"]),
                email=row["email"],
                password_hash=row["password_hash"],
                changed_at=row["changed_at"],
            )
            for row in await self._database.fetch("credentials_of", storable(email))
        )

    async def set_credential(self, credential: Credential) -> None:
        """Set a person's address and password."""
        await self._database.execute(
            "set_credential",
            credential.brand_id,
            credential.person_id,
            credential.email,
            credential.password_hash,
            credential.changed_at,
        )

    async def rename(self, brand_id: BrandId, person_id: PersonId, email: str) -> None:
        """The person signs in with another address from now on."""
        await self._database.execute("rename_credential", brand_id, person_id, storable(email))

    async def drop_person(self, brand_id: BrandId, person_id: PersonId) -> None:
        """Remove password, sessions and invitations of a person who is gone."""
        await self._database.execute("drop_credential", brand_id, person_id)
        await self._database.execute("drop_invitations", brand_id, person_id)
        await self.end_sessions(brand_id, person_id)

    async def begin_session(self, session: Session) -> None:
        """Keep a new session."""
        await self._database.execute(
            "begin_session", session.hash, session.brand_id, session.person_id, session.made_at, session.seen_at
        )

    async def session(self, session_hash: str) -> Session | None:
        """Return a session by the hash of its cookie."""
        row = await self._database.fetchrow("session", session_hash)
        if row is None:
            return None
        return Session(
            hash=row["hash"],
            brand_id=BrandId(row["brand_id"]),
            person_id=PersonId(row["person_id"]),
            made_at=row["made_at"],
            seen_at=row["seen_at"],
        )

    async def touch(self, session_hashes: tuple[str, ...], now: datetime) -> frozenset[str]:
        """These sessions were used now; return those of them that still are."""
        found = await self._database.fetch("touch_sessions", list(session_hashes), now)
        return frozenset(row["hash"] for row in found)

    async def end_session(self, session_hash: str) -> None:
        """Sign out."""
        await self._database.execute("end_session", session_hash)

    async def end_sessions(self, brand_id: BrandId, person_id: PersonId, but: str | None = None) -> None:
        """Sign out everywhere, except in the session `but`."""
        await self._database.execute("end_sessions", brand_id, person_id, but)

    async def last_seen(self, brand_id: BrandId) -> dict[PersonId, datetime]:
        """Return when each person of a brand was last seen in any session."""
        found = await self._database.fetch("last_seen", brand_id)
        return {PersonId(row["person_id"]): row["seen_at"] for row in found}

    async def invite(self, invitation: Invitation) -> None:
        """Keep an invitation; the same one twice is one."""
        await self._database.execute(
            "invite", invitation.hash, invitation.brand_id, invitation.person_id, invitation.expires_at
        )

    async def invitation(self, invitation_hash: str) -> Invitation | None:
        """Return an invitation by the hash of its token."""
        row = await self._database.fetchrow("invitation", invitation_hash)
        if row is None:
            return None
        return Invitation(
            hash=row["hash"],
            brand_id=BrandId(row["brand_id"]),
            person_id=PersonId(row["person_id"]),
            expires_at=row["expires_at"],
            used_at=row["used_at"],
        )

    async def use_invitation(self, invitation_hash: str, now: datetime) -> bool:
        """Use it up; False when somebody did before."""
        return await self._database.fetchrow("use_invitation", invitation_hash, now) is not None

    async def failures(self, email: str) -> Failures | None:
        """Return the failed sign-ins of an address."""
        row = await self._database.fetchrow("sign_in_failures", storable(email))
        return None if row is None else Failures(count=row["failures"], last_at=row["last_at"])

    async def failed(self, email: str, now: datetime, forget_before: datetime) -> int:
        """Count a failed sign-in, forgetting older ones; return how many there are."""
        return int(await self._database.fetchval("sign_in_failed", storable(email), now, forget_before))

    async def forgive(self, email: str) -> None:
        """A good sign-in: forget the failed ones."""
        await self._database.execute("sign_in_forgiven", storable(email))

    async def sweep(self, sessions_before: datetime, failures_before: datetime) -> None:
        """Remove sessions not used since, and failures older than that."""
        await self._database.execute("sweep_sessions", sessions_before)
        await self._database.execute("sweep_failures", failures_before)
