/* Header blocks ("Da: ... Inviato: ... A: ... Oggetto: ...") and the separators above quoted mail, in the
 * languages of the programs. */
#include <string.h>

#include "mail/fold.h"
#include "mail/typed_lines.h"

typedef enum { FIELD_NONE, FIELD_FROM, FIELD_DATE, FIELD_TO, FIELD_SUBJECT, FIELD_OTHER } Field;

/* Header words, folded. "A:", "Do:" and "Da:" are words too, so one of them alone says nothing. */
static const struct {
	const char	*word;
	Field		 field;
} words[] = {
	{ "da", FIELD_FROM }, { "mittente", FIELD_FROM }, { "from", FIELD_FROM }, { "von", FIELD_FROM },
	{ "de", FIELD_FROM },
	{ "od", FIELD_FROM }, { "fra", FIELD_FROM }, { "fran", FIELD_FROM }, { "van", FIELD_FROM },
	{ "expediteur", FIELD_FROM },
	{ "percorso", FIELD_FROM }, { "от", FIELD_FROM }, { "per conto di", FIELD_FROM },
	{ "inviato", FIELD_DATE }, { "inviato il", FIELD_DATE }, { "inviata", FIELD_DATE },
	{ "data", FIELD_DATE }, { "sent", FIELD_DATE },
	{ "date", FIELD_DATE }, { "gesendet", FIELD_DATE }, { "datum", FIELD_DATE },
	{ "envoye", FIELD_DATE }, { "envoye le", FIELD_DATE },
	{ "poslano", FIELD_DATE }, { "dato", FIELD_DATE }, { "sendt", FIELD_DATE },
	{ "skickat", FIELD_DATE }, { "verzonden", FIELD_DATE },
	{ "fecha", FIELD_DATE }, { "enviado", FIELD_DATE }, { "enviado el", FIELD_DATE },
	{ "message du", FIELD_DATE },
	{ "a", FIELD_TO }, { "per", FIELD_TO }, { "destinatario", FIELD_TO }, { "to", FIELD_TO },
	{ "an", FIELD_TO }, { "za", FIELD_TO },
	{ "do", FIELD_TO }, { "til", FIELD_TO }, { "till", FIELD_TO }, { "aan", FIELD_TO },
	{ "para", FIELD_TO },
	{ "oggetto", FIELD_SUBJECT }, { "ogg", FIELD_SUBJECT }, { "subject", FIELD_SUBJECT },
	{ "betreff", FIELD_SUBJECT },
	{ "objet", FIELD_SUBJECT }, { "sujet", FIELD_SUBJECT }, { "zadeva", FIELD_SUBJECT },
	{ "emne", FIELD_SUBJECT },
	{ "amne", FIELD_SUBJECT }, { "onderwerp", FIELD_SUBJECT }, { "asunto", FIELD_SUBJECT },
	{ "assunto", FIELD_SUBJECT },
	{ "cc", FIELD_OTHER }, { "ccn", FIELD_OTHER }, { "bcc", FIELD_OTHER }, { "kp", FIELD_OTHER },
	{ "copie a", FIELD_OTHER },
	{ "reply-to", FIELD_OTHER }, { "rispondi a", FIELD_OTHER }, { "risposta", FIELD_OTHER },
	{ "organizzazione", FIELD_OTHER },
	{ "newsgroups", FIELD_OTHER }, { "riferimento", FIELD_OTHER }, { "priorita", FIELD_OTHER },
	{ "importanza", FIELD_OTHER },
};

/* "message" in "-----Messaggio originale-----" and its kin, folded. */
static const char *const letters[] = { "messaggio", "message", "nachricht", "original-nachricht", "mail",
	"e-mail", "sporocilo", "meddelelse", "besked", "meddelande", "mensaje", "mensagem", "bericht",
	"wiadomosc", "courriel", "messaggi", "viesti", "melding", NULL };

/* The field that TEXT begins with; *VALUE gets what follows the colon. */
static Field
field_of(const char *text, const char **value)
{
	g_autofree char *name = NULL;
	const char *colon;

	text += strspn(text, " *_\t");
	colon = strchr(text, ':');
	if (colon == NULL || colon - text > 16)
		return FIELD_NONE;
	name = g_strndup(text, (gsize)(colon - text));
	g_strdelimit(name, "*_", ' ');
	g_strstrip(name);
	*value = colon + 1;
	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(name, words[i].word) == 0)
			return words[i].field;
	}
	return FIELD_NONE;
}

/* Another header word inside the value of the first, as where a program runs them together: "From: a@b Date:
 * ...". */
static Field
second_field(const char *value)
{
	const char *rest;

	for (const char *p = strchr(value, ' '); p != NULL; p = strchr(p + 1, ' ')) {
		Field f = field_of(p + 1, &rest);

		if (f != FIELD_NONE && f != FIELD_OTHER)
			return f;
	}
	return FIELD_NONE;
}

gboolean
rn_block_line(const char *fold)
{
	const char *value;

	return field_of(fold, &value) != FIELD_NONE;
}

gboolean
rn_block_at(const RnLines *lines, guint i)
{
	guint seen = 0, strangers = 0;
	gboolean dated = FALSE, addressed = FALSE;
	const char *value = "";

	if ((lines->at[i].flags & RN_LINE_QUOTED) || field_of(lines->at[i].fold, &value) == FIELD_NONE)
		return FALSE;
	for (guint k = i, n = 0; k < lines->n && n < 6 && k < i + 12 && strangers < 2; k++) {
		const char *fold = lines->at[k].fold;
		Field f = field_of(fold, &value);

		if (*fold == '\0')
			continue;
		n++;
		if (f == FIELD_NONE) {
			strangers++;
			continue;
		}
		strangers = 0;
		seen |= 1U << f;
		if (rn_address_in(value)) {
			addressed = TRUE;
			seen |= 1U << second_field(value);
		}
		dated |= f == FIELD_DATE && rn_date_in(value, NULL);
	}
	seen &= ~(1U << FIELD_NONE | 1U << FIELD_OTHER);
	if ((seen & (seen - 1)) == 0)
		return FALSE;
	return (seen & 1U << FIELD_FROM) != 0 || (dated && addressed);
}

/* The first line of our own letters (templates/LANG/testa.partial), folded. */
static const char *const sentinels[] = { "scriva la sua risposta sopra questa riga",
	"schreiben sie ihre antwort uber diese zeile", "write your reply above this line" };

gboolean
rn_separator_at(const RnLines *lines, guint i)
{
	const char *fold = lines->at[i].fold, *p = fold + strspn(fold, "*_ ");
	gsize dashes = strspn(p, "-");
	g_autofree char *phrase = NULL;
	const char *end;

	if (lines->at[i].flags & RN_LINE_QUOTED)
		return FALSE;
	for (guint k = 0; k < G_N_ELEMENTS(sentinels); k++)
		if (strstr(fold, sentinels[k]) != NULL)
			return TRUE;
	p += dashes;
	p += strspn(p, " ");
	end = strstr(p, dashes >= 2 ? "--" : ":");
	if (end == NULL || (dashes < 2 && end[1] != '\0') || end - p < 4 || end - p > 60)
		return FALSE;
	phrase = g_strndup(p, (gsize)(end - p));
	if (dashes < 2)
		return strcmp(phrase, "begin forwarded message") == 0 ||
		    strcmp(phrase, "inizio messaggio inoltrato") == 0 ||
		    strcmp(phrase, "anfang der weitergeleiteten nachricht") == 0 ||
		    strcmp(phrase, "debut du message reexpedie") == 0;
	for (guint k = 0; letters[k] != NULL; k++) {
		if (rn_fold_has(phrase, letters[k]))
			return TRUE;
	}
	return FALSE;
}
