"""What the terminal says about the demo is true, also after somebody has played with it."""

from scene import Scene
from waada.core import commands as c
from waada.core.ids import PersonId
from waada.core.people import Brand
from waada.demo import PASSWORD, sign_ins_of
from waada.signins import Credential, MemorySignIns
from waada.web.access_passwords import hash_password


async def test_the_terminal_names_only_those_who_still_have_the_password_it_prints() -> None:
    scene = await Scene().open()
    invited = PersonId("9" * 8)
    await scene.tell_brand(
        c.InvitePerson(person_id=invited, name="New", email="new@shop.test", role="agent", languages=("en",))
    )
    brand = await scene.store.brand(scene.brand)
    assert isinstance(brand, Brand)
    signins, hashed = MemorySignIns(), await hash_password(PASSWORD)
    own = await hash_password("one of her own")
    for person in brand.present():
        if person.id != invited:
            credential = Credential(
                brand_id=brand.id,
                person_id=person.id,
                email=person.email.lower(),
                password_hash=own if person.id == scene.ann else hashed,
                changed_at=scene.clock.now(),
            )
            await signins.set_credential(credential)
    shown = {email for email, _, password in await sign_ins_of(brand, signins) if password == PASSWORD}
    assert shown == {each.email for each in brand.present()} - {"ann@shop.test", "new@shop.test"}
