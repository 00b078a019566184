"""The words of mail systems and responders in many languages, as patterns.

Subjects count only as a whole or up to a colon: "Automatic reply: Your order" is a machine, "Automatic reply is broken"
is a customer, and "Re: Automatic reply: ..." is a person who answers a machine.
"""

import re

_AUTOMATIC = (
    r"auto(?:matic|mated)?[- ]?(?:reply|response|answer)|autoreply|autoresponder|auto:|"
    r"out[- ]of[- ](?:the[- ])?office(?: auto-?reply)?|"
    r"ooo|away from (?:the|my) (?:office|desk)|vacation (?:auto-?)?(?:reply|response|notice|message)|"
    r"on vacation|on holiday|"
    r"on (?:annual |maternity |parental |sick )?leave|"
    r"automatische (?:antwort|rückantwort)|abwesenheits(?:notiz|nachricht|benachrichtigung|meldung|assistent)|"
    r"abwesend|"
    r"abwesenheit|nicht im (?:büro|hause)|ich bin (?:im urlaub|nicht im büro|abwesend)|"
    r"réponse automatique|absence du bureau|message d'absence|absent(?:e)? du bureau|notification d'absence|"
    r"respuesta autom[aá]tica|fuera de (?:la )?oficina|ausente de la oficina|ausencia|"
    r"risposta automatica|fuori (?:sede|ufficio)|assenza dall'ufficio|"
    r"resposta autom[aá]tica|fora do escritório|ausência temporária|"
    r"automatisch(?:e)? (?:antwoord|beantwoording|reactie)|afwezig(?:heid(?:sbericht|smelding)?)?|niet aanwezig|"
    r"autosvar|automatiskt? svar|automatisk svar|frånvaro(?:meddelande)?|frånvarande|fravær|"
    r"automaattinen vastaus|poissa(?:olo(?:ilmoitus)?)?|"
    r"automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|poza biurem|nieobecność|"
    r"automatická odpověď|automatická odpoveď|mimo kancelář|automatikus válasz|házon kívül|răspuns automat|"
    r"автоответ(?:чик)?|автоматический ответ|автоматична відповідь|автоматичен отговор|вне офиса|нет на месте|"
    r"автоматты жауап|автожауап|кеңседе жоқпын|ateb awtomatig|allan o'r swyddfa|"
    r"स्वचालित (?:उत्तर|जवाब)|स्वतः उत्तर|कार्यालय से बाहर|"
    r"(?:ال)?رد (?:ال)?تلقائي|رد آلي|خارج المكتب|תשובה אוטומטית|מענה אוטומטי|otomatik (?:yanıt|cevap)|ofis dışında|"
    r"αυτόματη απάντηση|自動応答|自動返信|不在通知|自动回复|自動回覆|자동 ?(?:회신|응답)|부재중|trả lời tự động|"
    r"balasan otomatis|"
    r"automaatvastus|automātiskā atbilde|automatinis atsakymas"
)
AUTOMATIC_SUBJECT = re.compile(
    rf"^\s*(?:\[[^\]]{{1,40}}\]\s*)?(?:(?:{_AUTOMATIC})\s*(?:$|[:：]|[-–—]\s|\(|\[|\.\s*$|!)|"
    r"away (?:until|till|from)\b|out of (?:the )?office (?:until|till|from|message|notification|re:)|"
    r"(?:on vacation|on holiday|on leave) (?:until|till|from)\b|(?:bin )?(?:im urlaub|abwesend) (?:bis|vom)\b|"
    r"absent(?:e)? (?:jusqu|du)\b)",
    re.IGNORECASE,
)

_NOT_DELIVERED_SUBJECT = (
    r"undeliver(?:ed|able)|non[- ]?deliver|not delivered|(?:mail |message |e-?mail )?delivery (?:status|fail|"
    r"report|has|notif|problem|delay|"
    r"error|incomplete|subsystem|warning)|delivery of .{0,60}(?:fail|delay)|failure (?:notice|delivery)|"
    r"failed (?:mail|delivery|message)|returned (?:e-?)?mail|returning (?:message|mail)|"
    r"(?:could|can) ?not (?:be )?(?:sen[dt]|deliver)|unable to deliver|couldn't be delivered|"
    r"mail(?:er)? (?:system )?error|mail failure|"
    r"postmaster notify|delayed mail|message (?:delayed|bounced|undeliverable)|bounce(?:d)? (?:message|mail)|"
    r"user unknown|"
    r"unzustellbar|nicht (?:zugestellt|zustellbar)|zustell(?:fehler|ung)|rückläufer|"
    r"non (?:remis|distribu|délivr)|échec (?:de |d')|retour de courrier|avis de non|"
    r"no (?:se )?(?:pudo|puede|ha podido|entregad)|devuelto|error de entrega|notificación (?:de|"
    r"sobre) (?:el )?estado de (?:la )?entrega|"
    r"mancat[ao] (?:consegna|recapito)|impossibile (?:consegnare|recapitare)|non recapit|"
    r"não (?:foi )?(?:entregue|possível)|falha (?:na|de) entrega|onbestelbaar|niet (?:bezorgd|afgeleverd)|"
    r"kunde inte levereras|kunne ikke leveres|"
    r"toimittamaton|nie(?:dostarczon|można dostarczyć)|nedoručiteln|kézbesíthetetlen|"
    r"не ?доставлен|недоставлен|не удалось доставить|не может быть доставлен|ошибка доставки|возвращ[её]н|"
    r"жеткізілмеді|жеткізу мүмкін|methwyd|heb ei (?:ddanfon|chyflwyno)|वितरित नहीं|डिलीवर नहीं|"
    r"لم (?:يتم )?(?:ال)?تسليم|تعذر (?:ال)?تسليم|"
    r"teslim edilemedi|iletilemedi|無法傳遞|無法遞送|无法(?:投递|传递|送达)|退信|配信(?:不能|エラー|できません)|"
    r"送信(?:エラー|できません)|未達|반송|전송 실패|배달되지"
)
BOUNCE_SUBJECT = re.compile(_NOT_DELIVERED_SUBJECT, re.IGNORECASE)

_NOT_DELIVERED_TEXT = (
    r"did not reach the following|was not delivered|were not delivered|has been rejected|delivery problems|"
    r"permanent(?:ly)? (?:error|fail)|smtp error|[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}|message you sent .{0,20}blocked|"
    r"invalid user address|no such (?:user|recipient|mailbox)|unknown (?:user|recipient)|mailbox (?:is )?full|"
    r"will (?:continue|keep) trying|giving up|returned to (?:you|sender)|"
    r"recipient(?:'s)? (?:address )?(?:rejected|not found|unknown)"
)
BOUNCE_TEXT = re.compile(f"{_NOT_DELIVERED_SUBJECT}|{_NOT_DELIVERED_TEXT}", re.IGNORECASE)

SYSTEM_NAME = re.compile(
    r"mail ?delivery|mailer[- ]?daemon|postmaster|mail (?:system|administrator|service)|system administrator|"
    r"delivery (?:sub)?system|"
    r"systemadministrator|administrateur système|administrador del sistema|amministratore di sistema|"
    r"mail ?gateway|microsoft outlook|"
    r"internet mail",
    re.IGNORECASE,
)
SYSTEM_ADDRESS = re.compile(
    r"(?:mailer|mail)[-_.]?(?:daemon|delivery|system|agent)|post[-_.]?master|double-bounce|"
    r"bounces?(?:[-+=._].*)?@|(?:e?mail)?-?failure|"
    r"microsoftexchange[0-9a-f]+@|no-?reply@|do-?not-?reply@|undeliver",
    re.IGNORECASE,
)
NOBODY_READS = re.compile(
    r"(?:.*[-_.+])?(?:no|not|do-?not|donot|ne-?pas|nicht)[-_.]?(?:reply|replies|respond|answer|repondre|"
    r"responder|antworten)(?:[-_.+].*)?@|"
    r"(?:mailer-daemon|bounces?|noreply)(?:[-_.+].*)?@",
    re.IGNORECASE,
)
