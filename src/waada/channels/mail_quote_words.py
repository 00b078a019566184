"""The words by which mail programs of many languages introduce a quote or a signature, as patterns.

To teach a language: add its verb to `_WROTE`, its labels to `_LABELS`, its "original message" to `_SEPARATORS`, its
"sent from my" to `_SENT_FROM`. The shape (date, address, colon) is recognised without any words, see `mail_quotes`.
"""

import re

# "wrote", as it stands at the end or in the middle of "On <date>, <name> wrote:".
_WROTE = (
    r"wrote|writes|a écrit|écrivait|schrieb|hat geschrieben|geschrieben|escribió|escribio|ha escrito|ha scritto|"
    r"scrisse|"
    r"escreveu|schreef|heeft (?:.{0,60} )?geschreven|skrev|skreiv|kirjoitti|napisał(?:\(a\)|a)?|pisze|"
    r"napsal(?:\(a\)|a)?|"
    r"napísal(?:\(a\)|a)?|napisao je|je napisa(?:o|la)|írta|a scris|написал(?:\(а\)|а)?|писал(?:\(а\)|а)?|пишет|"
    r"пише|написав(?:\(ла\)|ла)?|"
    r"жазды|жазған|жазып жіберді|ysgrifennodd|yazdı|şunu yazdı|nous a écrit|έγραψε|כתב(?:ה)?|مؤلف|كتب(?:ت|ه)?|نوشت|"
    r"ने लिखा|लिखा था|লিখেছেন|เขียนว่า|đã viết|menulis|написа|написала|写道|寫道|写到|のメール|さんは書きました|"
    r"님이 작성|작성|rašė|rakstīja|kirjutas"
)
WROTE_WORDS = re.compile(rf"(?:{_WROTE})", re.IGNORECASE)
WROTE_AT_END = re.compile(rf"(?:{_WROTE})[\s\"'>*_]*[:：]?[\s*_]*$", re.IGNORECASE)

# How the sentence can begin, for sentences whose verb comes early (German, Norwegian) or is missing.
STARTS_WITH_ON = re.compile(
    r"(?:On|At|Le|Am|El|Il|Em|Den|På|Op|W dniu|Dnia|Dne|Dňa|V|În data de|Pada|Ar|Ddydd|Vào|Στις|في|בתאריך|Am:|"
    r"Il giorno)\b[\s.,]",
    re.IGNORECASE,
)

# The labels of a quoted header block, by what they label. One from each of three kinds in a row is a header block.
_LABELS: dict[str, str] = {
    "from": (
        r"from|von|de|da|van|från|fra|od|lähettäjä|от|от кого|від|кімнен|oddi wrth|प्रेषक|द्वारा|من|מאת|kimden|"
        r"gönderen|feladó|"
        r"ot|από|差出人|发件人|寄件者|보낸 사람|từ|dari|expéditeur|absender|remitente|mittente|de la|nadawca|"
        r"odesílatel"
    ),
    "date": (
        r"date|sent|datum|gesendet|gesendet am|envoyé|envoyé le|date d'envoi|enviado|enviado el|fecha|data|"
        r"inviato|inviata|"
        r"enviada em|enviado em|verzonden|skickat|sendt|dato|lähetetty|päivämäärä|wysłano|wysłane|odesláno|дата|"
        r"отправлено|"
        r"когда|надіслано|күні|жіберілген|жіберілді|anfonwyd|dyddiad|दिनांक|भेजा गया|तिथि|التاريخ|تاريخ الإرسال|"
        r"أُرسلت|تم الإرسال|"
        r"נשלח|tarih|gönderildi|gönderilme tarihi|elküldve|dátum|trimis|送信日時|日付|发送时间|日期|보낸 날짜|"
        r"ngày|tanggal|received"
    ),
    "to": (
        r"to|an|à|a|para|pour|aan|till|til|vastaanottaja|do|komu|кому|кому:|кімге|at|प्रति|सेवा में|إلى|אל|kime|"
        r"alıcı|címzett|"
        r"către|προς|宛先|收件人|받는 사람|đến|kepada|empfänger|destinataire|destinatario|reply-to|answer to|"
        r"antwort an|risposta|"
        r"répondre à|responder a"
    ),
    "cc": r"cc|bcc|kopie|copie|copia|kopia|kopi|копия|көшірме|copi|प्रतिलिपि|نسخة|עותק|bilgi|抄送|참조",
    "subject": (
        r"subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема|"
        r"тақырып|тақырыбы|"
        r"pwnc|testun|विषय|الموضوع|נושא|konu|tárgy|subiect|θέμα|件名|主题|主旨|제목|chủ đề|subjek|perihal|re"
    ),
    "other": r"importance|wichtigkeit|priority|organization|attachments|anlagen|mailed-by|signed-by|важность",
}
_LABEL = "|".join(rf"(?P<{kind}>{words})" for kind, words in _LABELS.items())
LABELLED = re.compile(rf"^[\s*_]*(?:{_LABEL})[\s\u00a0*_]*[:：](?!//)[\s*_]*(?P<value>.*)$", re.IGNORECASE)

_SEPARATORS = (
    r"original message|original appointment|reply message|ursprüngliche nachricht|originalnachricht|"
    r"message d'origine|message original|message initial|"
    r"mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|oprindelig meddelelse|"
    r"original meddelelse|"
    r"originalmeddelande|ursprungligt meddelande|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|"
    r"oryginalna wiadomość|"
    r"původní zpráva|původní e-mail|исходное сообщение|оригинальное сообщение|пересылаемое сообщение|исходное письмо|"
    r"бастапқы хат|бастапқы хабар|бастапқы хабарлама|neges wreiddiol|मूल संदेश|الرسالة الأصلية|رسالة أصلية|"
    r"הודעה מקורית|"
    r"orijinal mesaj|özgün ileti|eredeti üzenet|mesaj original|αρχικό μήνυμα|原始邮件|元のメッセージ|"
    r"원본 메시지|thư gốc|pesan asli"
)
SEPARATOR = re.compile(rf"^\s*[-_=*\u2014]{{2,}}\s*(?:{_SEPARATORS})\s*:?\s*[-_=*\u2014]{{0,}}\s*$", re.IGNORECASE)

_FORWARDS = (
    r"forwarded message|begin forwarded message|forwarded by .{1,80}|weitergeleitete nachricht|"
    r"anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"message transféré|début du message (?:transféré|réexpédié)|mensaje reenviado|inicio del mensaje reenviado|"
    r"messaggio inoltrato|"
    r"inizio messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|vidarebefordrat meddelande|"
    r"videresendt (?:melding|meddelelse|besked)|"
    r"пересылаемое сообщение|пересланное сообщение|начало переадресованного сообщения|қайта жіберілген хат|"
    r"neges a anfonwyd ymlaen|"
    r"अग्रेषित संदेश|رسالة معاد توجيهها|الرسالة المعاد توجيهها|przekazana wiadomość|iletilen mesaj|转发的邮件|"
    r"転送されたメッセージ"
)
FORWARD = re.compile(rf"^\s*[-_=*\u2014]{{0,}}\s*(?:{_FORWARDS})\s*:?\s*[-_=*\u2014]{{0,}}\s*$", re.IGNORECASE)

# "Please reply above this line", as other desks write it.
REPLY_ABOVE = re.compile(
    r"(?:reply|respond|antwort\w*|répon\w+|respond\w+|responda|ответ\w*)\b.{0,40}\b(?:above|oberhalb|über|"
    r"au-dessus|encima|acima|выше)\b.{0,30}"
    r"(?:line|linie|zeile|ligne|línea|linha|строк\w*|черт\w*)",
    re.IGNORECASE,
)

_SENT_FROM = (
    r"sent (?:from|via|with|using|by)|get outlook for|envoyé (?:de|depuis|à partir)|von meinem .{1,40} gesendet|"
    r"gesendet (?:von|mit|über|aus)|"
    r"von (?:meinem )?(?:iphone|ipad|samsung|android|outlook|handy|mobil).{0,30}gesendet|"
    r"diese nachricht wurde von meinem .{1,60} gesendet|"
    r"outlook für (?:ios|android) (?:beziehen|herunterladen)|enviado (?:desde|do|da|via|por|mediante|con|"
    r"a partir)|obtener outlook para|"
    r"inviato (?:da|dal|dall')|verzonden (?:vanaf|met|via)|verstuurd vanaf|skickat från|skickades från|"
    r"sendt (?:fra|via)|lähetetty|wysłane z|"
    r"wysłano z|odesláno z|отправлено (?:с|из|через)|відправлено з|надіслано з|менің .{1,40} жіберілді|"
    r".{1,40}(?:нан|нен|дан|ден|тан|тен) жіберілді|"
    r"anfonwyd o(?:'m| fy)?|मेरे .{1,40} से भेजा|.{1,40} से भेजा गया|أُ?رسل(?:ت)? من|مرسل(?:ة)? من|تم الإرسال من|"
    r"נשלח מ|(?:i(?:phone|pad)|samsung|android).{0,20}(?:'?(?:ımdan|umdan|dan|den)) gönderildi|"
    r".{1,30}'?(?:ımdan|dan|den) gönderildi|"
    r"iPhoneから送信|发自我的|從我的 .{1,20} 傳送|나의 .{1,20}에서 보냄|sendt fra min"
)
SENT_FROM = re.compile(rf"^[\s*_(\[\-–—]*(?:{_SENT_FROM}).{{0,90}}$", re.IGNORECASE)

# Lines that end a mail and start a signature: "-- " (RFC 3676), and what people and programs make of it.
SIGNATURE_MARK = re.compile(r"^(?:--|-- |–|—|__|___+|\*\*\*+|- -)\s*$")

MONTHS = (
    r"jan|feb|m[aä]r[sz]?|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|janv|févr|avr|juin|juil|août|déc|ene|abr|"
    r"ago|dic|gen|mag|giu|lug|"
    r"set|ott|fev|mai|out|янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек|қаң|ақп|нау|сәу|мам|мау|шіл|там|"
    r"қыр|қаз|қар|жел|"
    r"ion|chwe|maw|ebr|meh|gorff|awst|medi|hyd|tach|rhag|जन|फ़र|फर|मार्च|अप्रै|मई|जून|जुल|अग|सित|अक्|नव|दिस|"
    r"يناير|فبراير|مارس|أبريل|إبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|січ|лют|бер|кві|тра|чер|"
    r"лип|сер|вер|жов|лис|гру"
)
