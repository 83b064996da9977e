"""What mail programs make of an answer: the words are ours, the markup is theirs."""

from __future__ import annotations

ANSWER = "Merci, cela fonctionne."
EARLIER = "Avez-vous redémarré l'imprimante ?"

OUTLOOK_FR = f"""<div class=WordSection1><p class=MsoNormal>{ANSWER}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>
<p class=MsoNormal><b><span style='font-size:11.0pt'>De&nbsp;:</span></b> Support Novantic &lt;support@desk.example&gt; <br>
<b>Envoyé&nbsp;:</b> dimanche 29 novembre 2026 09:12<br><b>À&nbsp;:</b> Camille Perrin &lt;camille@client.example&gt;<br>
<b>Objet&nbsp;:</b> [#123456] Imprimante<o:p></o:p></p></div></div><p class=MsoNormal>{EARLIER}<o:p></o:p></p></div>"""

OUTLOOK_EN = f"""<div class="WordSection1"><p class="MsoNormal">{ANSWER}</p><div>
<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Support &lt;support@desk.example&gt;<br>
<b>Sent:</b> Sunday, November 29, 2026 9:12 AM<br><b>To:</b> Camille Perrin &lt;camille@client.example&gt;<br>
<b>Subject:</b> RE: [#123456] Printer</p></div></div><p class="MsoNormal">{EARLIER}</p></div>"""

OUTLOOK_WEB = f"""<div style="font-family:Calibri">{ANSWER}</div><div id="Signature"><p>Camille Perrin</p><p>Comptable</p></div>
<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">
<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>De :</b> Support &lt;support@desk.example&gt;<br>
<b>Envoyé :</b> dimanche 29 novembre 2026 09:12<br><b>À :</b> camille@client.example<br><b>Objet :</b> Imprimante</font>
<div>&nbsp;</div></div><div><p>{EARLIER}</p></div>"""

OUTLOOK_MOBILE = f"""<div dir="auto">{ANSWER}</div><div id="ms-outlook-mobile-signature" dir="auto"><div>Télécharger
<a href="https://aka.ms/o0ukef">Outlook pour iOS</a></div></div><hr><div id="divRplyFwdMsg"><font><b>De:</b> Support<br>
<b>Envoyé:</b> dimanche 29 novembre 2026<br><b>À:</b> camille@client.example<br><b>Objet:</b> Imprimante</font></div>{EARLIER}"""

GMAIL_FR = f"""<div dir="ltr">{ANSWER}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Le dim. 29 nov. 2026
à 09:12, Support &lt;<a href="mailto:support@desk.example">support@desk.example</a>&gt; a écrit&nbsp;:<br></div><blockquote
class="gmail_quote" style="margin:0px 0px 0px 0.8ex"><div>{EARLIER}</div></blockquote></div>"""

GMAIL_EN = f"""<div dir="ltr">{ANSWER}<div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr"
class="gmail_signature" data-smartmail="gmail_signature">Camille Perrin<br>Comptable</div></div><br><div class="gmail_quote">
<div dir="ltr" class="gmail_attr">On Sun, Nov 29, 2026 at 9:12 AM Support &lt;support@desk.example&gt; wrote:<br></div>
<blockquote class="gmail_quote"><div>{EARLIER}</div></blockquote></div>"""

APPLE = f"""<div>{ANSWER}</div><br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>Le 29 nov. 2026 à
09:12, Support &lt;support@desk.example&gt; a écrit :</div><br class="Apple-interchange-newline"><div>{EARLIER}</div>
</blockquote></div><br>"""

IPHONE = f"""<div dir="ltr">{ANSWER}<br><div>Envoyé de mon iPhone</div></div><div dir="ltr"><br><blockquote type="cite">Le 29
nov. 2026 à 09:12, Support &lt;support@desk.example&gt; a écrit :<br><br></blockquote></div><blockquote type="cite"><div
dir="ltr">{EARLIER}</div></blockquote>"""

THUNDERBIRD = f"""<p>{ANSWER}<br></p><div class="moz-cite-prefix">Le 29/11/2026 à 09:12, Support a écrit :<br></div>
<blockquote type="cite" cite="mid:abc@desk.example"><p>{EARLIER}</p></blockquote><pre class="moz-signature" cols="72">--
Camille Perrin</pre>"""

ORANGE = f"""<p>{ANSWER}</p><p>&nbsp;</p><blockquote style="border-left: 2px solid #ff7900; padding-left: 5px;">
<p>&gt; Message du 29/11/26 09:12<br>&gt; De : "Support" &lt;support@desk.example&gt;<br>&gt; A : camille@client.example<br>
&gt; Copie à : <br>&gt; Objet : Imprimante<br>&gt; <br>&gt;</p><p>{EARLIER}</p></blockquote>"""

YAHOO = f"""<div class="ydp1yahoo-style-wrap"><div dir="ltr">{ANSWER}</div></div><div id="ydp2yahoo_quoted_12"
class="ydp2yahoo_quoted"><div><div>Le dimanche 29 novembre 2026 à 09:12:00 UTC+1, Support &lt;support@desk.example&gt; a
écrit :</div><div><br></div><div>{EARLIER}</div></div></div>"""

SAMSUNG = f"""<div dir="auto">{ANSWER}</div><div dir="auto"><br></div><div id="composer_signature" dir="auto">Envoyé depuis mon
appareil Galaxy</div><div><br></div><div style="font-size:100%"><!-- originalMessage --><div>-------- Message d'origine
--------</div><div>De : Support &lt;support@desk.example&gt; </div><div>Date : 29/11/2026  09:12  (GMT+01:00) </div>
<div>À : camille@client.example </div><div>Objet : Imprimante </div><div><br></div></div><p>{EARLIER}</p>"""

ZIMBRA = f"""<div>{ANSWER}</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">
<blockquote style="border-left:2px solid #1010FF"><b>De: </b>"Support" &lt;support@desk.example&gt;<br><b>À: </b>"Camille"
&lt;camille@client.example&gt;<br><b>Envoyé: </b>Dimanche 29 Novembre 2026 09:12:00<br><b>Objet: </b>Imprimante<br></blockquote>
</div><div data-marker="__QUOTED_TEXT__"><blockquote style="border-left:2px solid #1010FF">{EARLIER}</blockquote></div>"""

PROTON = f"""<div>{ANSWER}</div><div class="protonmail_signature_block">Envoyé avec Proton Mail</div><div
class="protonmail_quote"> Le dimanche 29 novembre 2026 à 09:12, Support &lt;support@desk.example&gt; a écrit :<br><br>
<blockquote class="protonmail_quote" type="cite"><p>{EARLIER}</p></blockquote><br></div>"""

ROUNDCUBE = f"""<p>{ANSWER}</p><p id="reply-intro">Le 2026-11-29 09:12, Support a écrit&nbsp;:</p><blockquote type="cite"
style="padding: 0 0.4em"><p>{EARLIER}</p></blockquote>"""

PAGES = {
    "Outlook, French": OUTLOOK_FR, "Outlook, English": OUTLOOK_EN, "Outlook on the web": OUTLOOK_WEB,
    "Outlook on a telephone": OUTLOOK_MOBILE, "Gmail, French": GMAIL_FR, "Gmail, English": GMAIL_EN,
    "Apple Mail": APPLE, "iPhone": IPHONE, "Thunderbird": THUNDERBIRD, "Orange": ORANGE, "Yahoo": YAHOO,
    "Samsung": SAMSUNG, "Zimbra (Free)": ZIMBRA, "Proton": PROTON, "Roundcube": ROUNDCUBE,
}  # fmt: skip

TEXTS = {
    "Gmail": f"""{ANSWER}

Le dim. 29 nov. 2026 à 09:12, Support Novantic de la société Exemple <support@desk.example> a
écrit :

> {EARLIER}
>
>> Bonjour
""",
    "Gmail, English": f"""{ANSWER}

On Sun, Nov 29, 2026 at 9:12 AM Support <support@desk.example>
wrote:

> {EARLIER}
""",
    "Outlook": f"""{ANSWER}

-----Message d'origine-----
De : Support [mailto:support@desk.example]
Envoyé : dimanche 29 novembre 2026 09:12
À : Camille Perrin
Objet : Imprimante

{EARLIER}
""",
    "Outlook, English": f"""{ANSWER}

________________________________
From: Support <support@desk.example>
Sent: Sunday, November 29, 2026 9:12 AM
To: Camille Perrin
Subject: Printer

{EARLIER}
""",
    "Outlook, in bold": f"""{ANSWER}

*De :* Support <support@desk.example>
*Envoyé :* dimanche 29 novembre 2026 09:12
*À :* Camille Perrin
*Objet :* Imprimante

{EARLIER}
""",
    "Orange": f"""{ANSWER}


> Message du 29/11/26 09:12
> De : "Support" <support@desk.example>
> A : camille@client.example
> Copie à :
> Objet : Imprimante
>
> {EARLIER}
""",
    "Thunderbird": f"""{ANSWER}

Le 29/11/2026 à 09:12, Support a écrit :
> {EARLIER}
""",
    "Yahoo": f"""{ANSWER}

Le dimanche 29 novembre 2026 à 09:12:00 UTC+1, Support <support@desk.example> a écrit :

{EARLIER}
""",
    "Apple Mail": f"""{ANSWER}

> Le 29 nov. 2026 à 09:12, Support <support@desk.example> a écrit :
>
> {EARLIER}
""",
}
