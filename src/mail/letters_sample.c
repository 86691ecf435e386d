/* letters_sample.c: every name that a letter's template may use, with a sample value: the contract between
 * the templates and the code that fills them. */
#include "mail/letter.h"
#include "mail/letters_guard.h"

#define EXPIRY 20787		/* 30 November 2026 */
#define ANSWER 1793700840	/* 3 November 2026, 10:14 */

typedef struct {
	const char	*name;
	const char	*value;
} Sample;

static const Sample texts[] = {
	/* The box. */
	{ "nomecasella", "maria.rossi@pec.esempio.example" },	/* name of the box */
	{ "nomecasellapec", "maria.rossi@pec.esempio.example" },	/* the same: the confirmation's word for it */
	{ "intestatario", "Maria Rossi" },			/* holder */
	{ "login", "rossi-104@gestore.example" },		/* the provider's account, "" if not known */
	{ "tipologia", "PEC Ordini" },				/* type of the box */
	{ "stato", "Attiva" },					/* its state in words */
	{ "documento", "già agli atti" },			/* the identity document, or "mancante" */
	{ "datascadenza", "lunedì 30 novembre 2026" },		/* last day of service, with its weekday */
	{ "giorni", "fra 30 giorni" },				/* until then: "oggi", "domani", "scaduta" */
	{ "finerecupero", "domenica 28 febbraio 2027" },	/* last day to renew a deactivated one, or "" */
	{ "caso", "7K3M-9QTX" },				/* public case number */

	/* The order, and who pays. */
	{ "convenzione", "Convenzione Ordini" },
	{ "pagante", "Ordine dei Medici di Esempio" },		/* who pays */
	{ "durata", "1 anno" },					/* requested term */
	{ "prezzo", "5,00" },					/* euro without VAT, paid by the payer */
	{ "iva", "22" },					/* percent */
	{ "importo", "0,00" },					/* euro due by the member */
	{ "idordine", "2026-000042" },				/* order number, "" before it is concluded */
	{ "dataordine", "martedì 3 novembre 2026 alle ore 10:15" },
	{ "nuovascadenza", "martedì 30 novembre 2027" },	/* "" if not known */

	/* The answer that this letter answers, "" where there was none. */
	{ "lette", "RINNOVA" },					/* the words that we read: cut short by the caller */
	{ "ricevutail", "martedì 3 novembre 2026 alle ore 10:14" },	/* when our mail server took it */
	{ "altromittente", "segreteria@studio.example" },	/* who wrote, if not from a registered address */
	{ "motivo", "Il gestore segnala che la casella è bloccata." },	/* why it did not go well */

	/* How to answer, and whom to ask. */
	{ "linkrinnovo", "mailto:rinnovo+0123456789abcdefghjkmnpqrstvwxyz01234567@ordine.example?subject=Rinnovo"
	    "%20PEC-7K3M-9QTX&body=RINNOVA" },			/* mailto:, one line, under 200 characters */
	{ "linkno", "mailto:rinnovo+0123456789abcdefghjkmnpqrstvwxyz01234567@ordine.example?subject=Non%20rinnovo"
	    "%20PEC-7K3M-9QTX&body=NON%20RINNOVO" },		/* the same for a no, with a token of its own */
	{ "linkdomanda", "mailto:rinnovo+0123456789abcdefghjkmnpqrstvwxyz01234567@ordine.example?subject=Domanda"
	    "%20PEC-7K3M-9QTX" },				/* and for a question, which a person reads */
	{ "rispondia", "rinnovo+0123456789abcdefghjkmnpqrstvwxyz01234567@ordine.example" },	/* the token address */
	{ "codice", "[codice: 01234-56789-abcde-fghjk-mnpqr-stvwx-yz012-34567]" },	/* fenced token, "" if none */
	{ "ordine", "Ordine dei Medici di Esempio" },		/* the professional body that signs */
	{ "contatto", "segreteria@ordine.example" },		/* address of a person */
	{ "telefono", "0123 456789" },
	{ "guida", "https://guida.ordine.example/pec" },	/* the confirmation's one web address, "" elsewhere */

	/* The look, for page.html; beside these {{titolo}}, the subject, {{lingua}}, and {{{corpo}}}, the
	 * letter. */
	{ "colore", "#1f4e79" },				/* on white */
	{ "colorescuro", "#9cc9ee" },				/* on black */
	{ "logo", "cid:logo@rinnova.invalid" },			/* "" without one */
	{ "piepagina", "Ordine dei Medici di Esempio, via Roma 1, 39100 Bolzano" },

	/* Against imitators. */
	{ "segno", "girasole" },				/* the mark that the holder has chosen, "" if none */
	{ "iscrizione", "417" },				/* last digits of the holder's number in the register, "" if a mark was chosen */
	{ "verifica", "verifica@ordine.example" },		/* where a mail is forwarded to be verified, "" if nowhere */
	{ "verificaoggetto", "La sua casella PEC scade: lunedì 30 novembre 2026 [PEC-7K3M-9QTX]" },	/* "": not ours */
	{ "verificadata", "martedì 3 novembre 2026 alle ore 10:14" },	/* when that letter was written */
	{ "verificaa", "m.rossi@posta.example" },		/* and to whom it went */

	/* Letters to the administrator. */
	{ "oggetto", "Una lettera non parte" },
	{ "testo", "La lettera 12 non parte da quattro giorni.\nControllare la coda." },
};

static const char *const switches[] = {
	"registroimprese",	/* the box is known to be declared to the business register */
	"documentoatteso",	/* the letter asks for it; else one has come and waits for a person */
	"documentomancante",	/* no identity document is on file */
	"indirizzata",		/* this letter goes to the box itself */
	"piuparole",		/* there are several declarations: each needs its word */
	"unpasso",		/* one reply asks and accepts (convention with one step) */
	"rinnovabili",		/* of a list: a box can be renewed now */
	"piurinnovabili",	/* of a list: several can */
	"stati",		/* of a list: the state of each order was asked for */
	"superato",		/* of a summary: an earlier one was accepted, which stands no more */
	"verificaallegata",	/* of a verification: our letter was attached, and was compared byte for byte */
	"verificacambiata",	/* of a verification: a code of ours stands in the mail, and it is not our letter */
	"offerta",		/* the answer that is awaited is the acceptance of a summary, not the request */
};

/* Lists, one row a name of their items. */
static const struct {
	const char	*list, *name, *value;
} items[] = {
	{ "contratti", "nome", "condizioni.pdf" },		/* contracts attached */
	{ "contratti", "sha256", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	{ "dichiarazioni", "verbo", "ACCETTO" },		/* declarations to accept */
	{ "dichiarazioni", "testo", "le condizioni generali del servizio di posta elettronica certificata" },
	{ "parole", "parola", "ACCETTO" },			/* the words to write, each once */
	{ "elenco", "numero", "1" },				/* of the row: what "1,3" means */
	{ "elenco", "nome", "maria.rossi@pec.esempio.example" },	/* boxes of the member */
	{ "elenco", "scadenza", "lunedì 30 novembre 2026" },
	{ "elenco", "tipologia", "PEC Ordini" },
	{ "elenco", "statocasella", "Attiva" },
	{ "elenco", "documento", "già agli atti" },
	{ "elenco", "statoordine", "nessun ordine" },
	{ "elenco", "ordinenumero", "2026-000042" },		/* "" before it is concluded */
	{ "elenco", "link", "mailto:rinnovo+0123456789abcdefghjkmnpqrstvwxyz01234567@ordine.example?body=RINNOVA" },
};

static RnView *
sample(gboolean full)
{
	RnView *v = rn_view_new();
	RnView *item = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		rn_view_text(v, texts[i].name, full ? texts[i].value : "");
	for (gsize i = 0; i < G_N_ELEMENTS(switches); i++)
		rn_view_bool(v, switches[i], full);
	for (gsize i = 0; i < G_N_ELEMENTS(items); i++) {
		rn_view_list(v, items[i].list);
		if (!full)
			continue;
		if (i == 0 || !g_str_equal(items[i].list, items[i - 1].list))
			item = rn_view_item(v, items[i].list);
		rn_view_text(item, items[i].name, items[i].value);
	}
	return v;
}

RnView *
rn_letters_sample(void)
{
	return sample(TRUE);
}

static void
put(RnView *v, const char *name, char *value)
{
	rn_view_text(v, name, value);
	g_free(value);
}

/* The rows of the sample's list, in the words of W. */
static void
put_rows(RnView *v, const RnLetterWords *w)
{
	RnView *row;

	rn_view_remove(v, "elenco");
	row = rn_view_item(v, "elenco");
	for (gsize i = 0; i < G_N_ELEMENTS(items); i++)
		if (g_str_equal(items[i].list, "elenco"))
			rn_view_text(row, items[i].name, items[i].value);
	put(row, "scadenza", rn_letter_words_day(w, EXPIRY));
	rn_view_text(row, "statocasella", w->box_active);
	rn_view_text(row, "documento", w->document_there);
	rn_view_text(row, "statoordine", w->order_none);
}

RnView *
rn_letters_sample_in(const RnLetterWords *w)
{
	RnView *v = sample(TRUE);
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

	put(v, "datascadenza", rn_letter_words_day(w, EXPIRY));
	put(v, "giorni", rn_letter_words_left(w, 30));
	put(v, "finerecupero", rn_letter_words_day(w, EXPIRY + 90));
	put(v, "nuovascadenza", rn_letter_words_day(w, EXPIRY + 365));
	put(v, "dataordine", rn_letter_words_time(w, ANSWER + 60, utc));
	put(v, "ricevutail", rn_letter_words_time(w, ANSWER, utc));
	put(v, "durata", rn_letter_words_term(w, 12));
	put(v, "prezzo", rn_letter_words_money(w, 500));
	put(v, "importo", rn_letter_words_money(w, 0));
	rn_view_text(v, "stato", w->box_active);
	rn_view_text(v, "documento", w->document_there);
	put_rows(v, w);
	return v;
}

RnView *
rn_letters_sample_bare(void)
{
	return sample(FALSE);
}
