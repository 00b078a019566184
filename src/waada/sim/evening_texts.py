"""What the customers and colleagues of a played evening say, in five languages. All of it is made up, and says so.

Every customer's name carries the mark `(simulated)`, every address ends in `customers.demo.test`: nobody who looks at
the desk can take them for real people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MARK = "(simulated)"
DOMAIN = "customers.demo.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One need: how it begins, the answer, a further question, and the answer to that."""

    subject: str
    first: str
    answer: str
    further: str
    further_answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """Everything said in one language. `quoted` takes `{name}`, `greeting` takes `{name}`."""

    zone: str
    names: tuple[str, ...]
    topics: tuple[Topic, ...]
    nudges: tuple[str, ...]
    ignored: str
    withdrawn: str
    thanks: tuple[str, ...]
    away: tuple[str, str]
    quoted: str
    greeting: str
    looking: str


TONGUES: dict[str, Tongue] = {
    "en": Tongue(
        zone="Europe/London",
        names=("Olivia", "Marcus", "Priscilla", "Tom", "Harriet", "Declan", "Ngozi", "Callum"),
        topics=(
            Topic(
                subject="Where is my parcel?",
                first="My order 48213 was to arrive today and nothing has come. Where is it?",
                answer="Your parcel is on the van and the driver has three stops before yours. It comes tonight.",
                further="And if I'm not at home, can my neighbour take it?",
                further_answer="Yes. I have written the neighbour at number 14 on the delivery note.",
            ),
            Topic(
                subject="Wrong size",
                first="The jacket is lovely but M is too small. Can I swap it for an L?",
                answer="Of course. An L is put aside for you, and the return label is in your account.",
                further="Do I have to pay for sending it back?",
                further_answer="No, a swap is free. Hand it in at any parcel shop.",
            ),
            Topic(
                subject="Charged twice",
                first="You have taken 64.90 from my card twice for one order. Please put that right.",
                answer="You are right, and I am sorry: it was taken twice. The second 64.90 is on its way back to you.",
                further="How long will it take until I see it?",
                further_answer="Two to three working days, depending on your bank.",
            ),
            Topic(
                subject="Tent pole snapped",
                first="The second pole of my new tent snapped on the first night. What can you do?",
                answer="That must not happen. New poles leave our warehouse tomorrow morning, free of charge.",
                further="We set off on Saturday. Will it be here in time?",
                further_answer="Yes, it goes by express and arrives on Thursday before noon.",
            ),
            Topic(
                subject="Gift voucher",
                first="My gift voucher is refused at the till page. The code ends in 7Q2.",
                answer="The voucher had not been switched on. It is now: please try again.",
                further="Can I use what is left of it another time?",
                further_answer="Yes, what is left stays on the voucher for three years.",
            ),
        ),
        nudges=("Hello, is anybody there?", "Any news?", "I am still waiting."),
        ignored="I have asked before and heard nothing. I feel ignored.",
        withdrawn="Never mind, I no longer need this.",
        thanks=("Thank you, that helps!", "Great, thanks a lot.", "Perfect, thank you."),
        away=("Out of office", "I am away until Monday and read no mail."),
        quoted="{name} wrote:",
        greeting="Hello {name},",
        looking="Thank you for writing. I am looking into it right now and will write again within the hour.",
    ),
    "kk": Tongue(
        zone="Asia/Almaty",
        names=("Айгерім", "Нұрлан", "Дана", "Ерлан", "Мәдина", "Санжар", "Жанар"),
        topics=(
            Topic(
                subject="Сәлемдемем қайда?",
                first="48377 нөмірлі тапсырысым бүгін келуі керек еді, әлі жоқ. Қайда жүр?",
                answer="Сәлемдемеңіз жеткізушіде, сізге дейін екі мекенжай қалды. Бүгін кешке жетеді.",
                further="Үйде болмасам, көршіме тастап кете ала ма?",
                further_answer="Иә, көршіңіздің пәтерін жеткізу қағазына жазып қойдым.",
            ),
            Topic(
                subject="Өлшемі келмеді",
                first="Күртеше жақсы екен, бірақ М өлшемі тар. L өлшеміне ауыстыруға бола ма?",
                answer="Әрине. L өлшемін сізге сақтап қойдық, қайтару жапсырмасы жеке кабинетіңізде.",
                further="Қайтару үшін ақы төлеймін бе?",
                further_answer="Жоқ, ауыстыру тегін. Кез келген пошта бөлімшесіне тапсырыңыз.",
            ),
            Topic(
                subject="Ақша екі рет алынды",
                first="Бір тапсырыс үшін картамнан ақша екі рет алынды. Түзетіп беріңізші.",
                answer="Дұрыс айтасыз, кешіріңіз. Екінші төлемді қайтардық.",
                further="Ақша қашан түседі?",
                further_answer="Банкке байланысты екі-үш жұмыс күні ішінде.",
            ),
            Topic(
                subject="Шатырдың тірегі сынды",
                first="Жаңа шатырдың тірегі бірінші түнде-ақ сынып қалды. Не істеуге болады?",
                answer="Бұлай болмауы керек еді. Жаңа тіректерді ертең таңертең тегін жібереміз.",
                further="Сенбіде жолға шығамыз. Үлгере ме?",
                further_answer="Иә, экспресс поштамен бейсенбіде түске дейін жетеді.",
            ),
        ),
        nudges=("Сәлеметсіз бе, біреу бар ма?", "Жаңалық бар ма?", "Әлі күтіп отырмын."),
        ignored="Бұрын да сұрадым, жауап болмады. Мені елемей отырған сияқтысыз.",
        withdrawn="Енді керек емес, рақмет.",
        thanks=("Рақмет, көмектестіңіз!", "Көп рақмет.", "Тамаша, рақмет."),
        away=("Кеңседе жоқпын", "Дүйсенбіге дейін жоқпын, хаттарды оқымаймын."),
        quoted="{name} жазды:",
        greeting="Сәлеметсіз бе, {name}!",
        looking="Жазғаныңызға рақмет. Қазір тексеріп жатырмын, бір сағат ішінде қайта жазамын.",
    ),
    "cy": Tongue(
        zone="Europe/London",
        names=("Gwen", "Rhys", "Carys", "Iolo", "Nia", "Emyr"),
        topics=(
            Topic(
                subject="Ble mae fy mharsel?",
                first="Roedd archeb 48402 i fod i gyrraedd heddiw ond does dim byd wedi dod. Ble mae hi?",
                answer="Mae eich parsel yn y fan ac mae dau stop cyn eich un chi. Bydd yno heno.",
                further="Os nad ydw i gartref, a gaiff fy nghymydog ei gymryd?",
                further_answer="Caiff. Rwyf wedi rhoi rhif tŷ eich cymydog ar y nodyn.",
            ),
            Topic(
                subject="Maint anghywir",
                first="Mae'r siaced yn hyfryd ond mae M yn rhy fach. A gaf i L yn ei lle?",
                answer="Wrth gwrs. Mae L wedi'i chadw i chi, ac mae'r label dychwelyd yn eich cyfrif.",
                further="Oes rhaid i mi dalu i'w hanfon yn ôl?",
                further_answer="Nac oes, mae cyfnewid am ddim. Ewch â hi i unrhyw siop barseli.",
            ),
            Topic(
                subject="Talu ddwywaith",
                first="Rydych wedi cymryd yr arian ddwywaith am un archeb. Wnewch chi ei gywiro os gwelwch yn dda?",
                answer="Rydych yn iawn, ac mae'n ddrwg gen i. Mae'r ail daliad ar ei ffordd yn ôl atoch.",
                further="Faint o amser fydd hynny'n ei gymryd?",
                further_answer="Dau neu dri diwrnod gwaith, yn dibynnu ar eich banc.",
            ),
        ),
        nudges=("Helo, oes rhywun yna?", "Oes unrhyw newyddion?", "Rwy'n dal i aros."),
        ignored="Rwyf wedi gofyn o'r blaen heb gael ateb. Rwy'n teimlo fy mod yn cael fy anwybyddu.",
        withdrawn="Peidiwch â phoeni, does dim angen hyn arnaf mwyach.",
        thanks=("Diolch, mae hynny'n help mawr!", "Diolch yn fawr.", "Perffaith, diolch."),
        away=("Allan o'r swyddfa", "Rwyf i ffwrdd tan ddydd Llun ac ni fyddaf yn darllen e-bost."),
        quoted="Ysgrifennodd {name}:",
        greeting="Helo {name},",
        looking="Diolch am ysgrifennu. Rwy'n edrych i mewn i hyn nawr ac fe ysgrifennaf eto o fewn yr awr.",
    ),
    "hi": Tongue(
        zone="Asia/Kolkata",
        names=("अनन्या", "राहुल", "कविता", "अर्जुन", "मीरा", "विक्रम"),
        topics=(
            Topic(
                subject="मेरा पार्सल कहाँ है?",
                first="मेरा ऑर्डर 48519 आज आना था, पर अभी तक नहीं आया। वह कहाँ है?",
                answer="आपका पार्सल गाड़ी में है और आपसे पहले दो पते बाकी हैं। आज शाम तक पहुँच जाएगा।",
                further="अगर मैं घर पर न मिलूँ तो क्या पड़ोसी को दे सकते हैं?",
                further_answer="जी हाँ, मैंने पड़ोसी का नंबर डिलीवरी पर्ची पर लिख दिया है।",
            ),
            Topic(
                subject="साइज़ बदलना है",
                first="जैकेट अच्छी है, लेकिन M छोटी पड़ रही है। क्या L से बदल सकते हैं?",
                answer="ज़रूर। आपके लिए L अलग रख दी है, और वापसी का लेबल आपके खाते में है।",
                further="क्या वापस भेजने का खर्च मुझे देना होगा?",
                further_answer="नहीं, बदलना मुफ़्त है। किसी भी पार्सल दुकान पर दे दीजिए।",
            ),
            Topic(
                subject="दो बार पैसे कटे",
                first="एक ही ऑर्डर के लिए मेरे कार्ड से दो बार पैसे कट गए हैं। कृपया ठीक कीजिए।",
                answer="आप सही हैं, क्षमा कीजिए। दूसरी बार कटी रकम वापस भेज दी गई है।",
                further="पैसे कब तक मिलेंगे?",
                further_answer="बैंक के अनुसार दो से तीन कार्य दिवसों में।",
            ),
        ),
        nudges=("नमस्ते, कोई है?", "कोई ख़बर?", "मैं अब भी इंतज़ार में हूँ।"),
        ignored="मैंने पहले भी पूछा था और कोई जवाब नहीं मिला। मुझे अनदेखा किया जा रहा है।",
        withdrawn="रहने दीजिए, अब इसकी ज़रूरत नहीं है।",
        thanks=("धन्यवाद, इससे मदद मिली!", "बहुत धन्यवाद।", "बढ़िया, शुक्रिया।"),
        away=("कार्यालय से बाहर", "मैं सोमवार तक बाहर हूँ और मेल नहीं पढ़ रही।"),
        quoted="{name} ने लिखा:",
        greeting="नमस्ते {name},",
        looking="लिखने के लिए धन्यवाद। मैं अभी देख रहा हूँ और एक घंटे के भीतर फिर लिखूँगा।",
    ),
    "ar": Tongue(
        zone="Asia/Dubai",
        names=("ليلى", "يوسف", "مريم", "خالد", "سلمى", "عمر"),
        topics=(
            Topic(
                subject="أين طردي؟",
                first="كان من المفترض أن يصل طلبي رقم 48630 اليوم ولم يصل شيء. أين هو؟",
                answer="طردكم مع السائق وبقي عنوانان قبل عنوانكم، وسيصل هذا المساء.",
                further="إن لم أكن في البيت، هل يمكن تسليمه لجاري؟",
                further_answer="نعم، كتبتُ رقم شقة الجار على ورقة التسليم.",
            ),
            Topic(
                subject="المقاس غير مناسب",
                first="السترة جميلة لكن مقاس M صغير. هل يمكن استبدالها بمقاس L؟",
                answer="بالتأكيد. حجزنا لكم مقاس L، وملصق الإرجاع موجود في حسابكم.",
                further="هل عليّ دفع تكلفة الإرجاع؟",
                further_answer="لا، الاستبدال مجاني. سلّموها في أي مكتب طرود.",
            ),
            Topic(
                subject="خُصم المبلغ مرتين",
                first="خُصم المبلغ من بطاقتي مرتين لطلب واحد. أرجو تصحيح ذلك.",
                answer="معكم حق ونعتذر عن ذلك. المبلغ الثاني في طريقه إليكم.",
                further="كم يستغرق وصول المبلغ؟",
                further_answer="يومين إلى ثلاثة أيام عمل بحسب المصرف.",
            ),
        ),
        nudges=("مرحبًا، هل من أحد؟", "هل من جديد؟", "ما زلت في الانتظار."),
        ignored="سألت من قبل ولم يصلني رد. أشعر بأنكم تتجاهلونني.",
        withdrawn="لا داعي، لم أعد بحاجة إلى ذلك.",
        thanks=("شكرًا، هذا مفيد!", "شكرًا جزيلًا.", "ممتاز، شكرًا."),
        away=("خارج المكتب", "أنا خارج المكتب حتى يوم الاثنين ولا أقرأ البريد."),
        quoted="كتب {name}:",
        greeting="مرحبًا {name}،",
        looking="شكرًا على رسالتكم. أنظر في الأمر الآن وسأكتب إليكم خلال ساعة.",
    ),
}

What = Literal["first", "further", "thanks", "nudge", "unknown"]


def understood(text: str) -> tuple[What, Tongue | None, Topic | None]:
    """Return what a colleague makes of a customer's words: which of our texts stand in them."""
    plain = " ".join(text.split())
    for tongue in TONGUES.values():
        for topic in tongue.topics:
            if topic.further in plain:
                return "further", tongue, topic
            if topic.first in plain:
                return "first", tongue, topic
        if any(each in plain for each in tongue.thanks):
            return "thanks", tongue, None
        if any(each in plain for each in (*tongue.nudges, tongue.ignored)):
            return "nudge", tongue, None
    return "unknown", None, None


def answer_to(words: tuple[str, ...], new: int, language: str, name: str) -> str | None:
    """Return a colleague's answer to all of a customer's words so far, of which the last `new` are unanswered.

    None: it was a thank-you, and nothing is left to say.
    """
    unanswered = [understood(each) for each in words[-new:]] if new else []
    asked = [each for each in unanswered if each[0] in ("first", "further")]
    if not asked and any(what == "thanks" for what, _, _ in unanswered):
        return None
    earlier = [each for each in map(understood, words) if each[2] is not None]
    what, tongue, topic = (asked or earlier or [("unknown", None, None)])[-1]
    spoken = tongue or TONGUES.get(language) or TONGUES["en"]
    body = spoken.looking
    if topic is not None:
        body = topic.further_answer if what == "further" else topic.answer
    return f"{spoken.greeting.format(name=name)} {body}" if name else body
