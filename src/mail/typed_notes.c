/* Text that programs add and nobody types: footers of mail programs, legal notices, warnings of gateways.
 * Tables of folded text. */
#include <string.h>

#include "mail/fold.h"
#include "mail/typed_lines.h"

#define MAX_FOOTER 90

/* What a footer begins with, if its first clause also names a device or a program, or it is one short clause
 * and says "my". */
static const char *const sent_from[] = { "inviato da", "inviata da", "inviato dal", "inviata dal",
	"inviato dalla", "inviato con", "inviata con", "inviato tramite", "inviato mediante",
	"messaggio inviato da", "messaggio inviato con", "mail inviata da", "sent from", "sent via",
	"sent with", "sent by", "sent using", "from my", "envoye de", "envoye depuis", "envoye a partir",
	"envoye avec", "envoye par", "gesendet von", "gesendet mit", "gesendet uber", "gesendet aus",
	"von meinem", "von meiner", "diese nachricht wurde von", "poslano z", "poslano s", "poslano iz",
	"poslano preko", "enviado desde", "enviado do", "enviado a partir", "verzonden met",
	"verzonden vanaf", "verstuurd vanaf", "sendt fra", "skickat fran", "wyslane z", "lahetetty",
	"this message was sent from", "從我的", NULL };

static const char *const devices[] = { "iphone", "ipad", "ipod", "mac", "macbook", "imac", "apple", "watch",
	"android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "oppo", "smartphone", "cellulare",
	"telefono", "telefonino", "dispositivo", "mobile", "tablet", "outlook", "yahoo", "libero", "virgilio",
	"tiscali", "tim", "alice", "proton", "gmail", "posta", "mail", "e-mail", "windows", "blackberry",
	"nokia", "htc", "k-9", "thunderbird", "app", "aqua", "mailbox", "sparrow", "airmail", "typeapp",
	"device", "phone", "cell", "pc", "computer", "handy", "mobilgerat", "android-mobiltelefon", "telefon",
	"mobitel", "naprave", "linux", "spark", "bluemail", "傳送", NULL };

static const char *const mine[] = { "my", "mio", "mia", "meinem", "meiner", "mon", "ma", "mojega", "moje",
	"min", "mi", "mijn", NULL };

/* "Scarica Outlook per iOS": get, for, and a system at the end; the whole line, or it is a sentence. */
static const char *const gets[] = { "scarica", "ottieni", "installa", "get", "download", "telecharger",
	"telechargez", "obtenir", "obtenez", "holen sie sich", "laden sie", "outlook fur", "prenesite",
	"obtener", "hankige", "download", "skaffa", NULL };

static const char *const fors[] = { " per ", " for ", " pour ", " fur ", " za ", " para ", " voor ", " for ",
	" til ", NULL };

static const char *const systems[] = { "ios", "android", "mac", "windows", "iphone", "ipad", "mobile", NULL };

/* Beginnings and phrases of legal notices. One of them makes a paragraph a notice. */
static const char *const legal[] = { "le informazioni contenute in quest",
	"le informazioni contenute nella presente", "le informazioni trasmesse",
	"questo messaggio e i suoi allegati", "questo messaggio e gli eventuali allegati",
	"questo messaggio, corredato", "questo messaggio di posta elettronica e",
	"questa e-mail e i suoi allegati", "questa e-mail contiene informazioni riservate",
	"questa e-mail e strettamente", "questa e-mail, ed i suoi", "il presente messaggio",
	"la presente comunicazione", "il contenuto di questa e-mail", "le informazioni, i dati e le notizie",
	"ai sensi del regolamento", "ai sensi del d.lgs", "ai sensi del dlgs", "ai sensi e per gli effetti",
	"regolamento ue 2016/679", "regolamento (ue) 2016/679", "gdpr 2016/679", "d.lgs. 196", "d. lgs. 196",
	"avviso di riservatezza", "clausola di riservatezza", "nota di riservatezza",
	"qualora non foste i destinatari", "se avete ricevuto questo messaggio per errore",
	"se ha ricevuto questo messaggio per errore", "se hai ricevuto questo messaggio per errore",
	"chi ricevesse questo messaggio per errore", "prima di stampare", "pensate all'ambiente",
	"pensa all'ambiente", "rispetta l'ambiente", "rispettiamo l'ambiente", "tutti i diritti riservati",
	"uso interno", "confidentiality notice", "this email and any attachment",
	"this e-mail and any attachment", "this email message and any", "this message and any attachment",
	"this message is confidential", "this message contains confidential",
	"the information contained in this", "the information in this e",
	"if you are not the intended recipient", "please consider the environment",
	"privileged and confidential", "diese e-mail enthalt vertrauliche", "diese e-mail und",
	"diese nachricht enthalt vertrauliche", "der inhalt dieser e-mail", "ce message et toutes les pieces",
	"ce message et ses pieces", "ce message est confidentiel", "to sporocilo in vse priponke",
	"to elektronsko sporocilo", "sporocilo je zaupno", "mail priva di virus", "privo di virus",
	"virus-free", "scanned by", NULL };

/* Warnings of gateways, as they begin. */
static const char *const warnings[] = { "[ext]", "[external]", "[esterno]", "[extern]", "[externe]",
	"[external email]", "[mail esterna]", "external email", "external sender", "caution: this e",
	"caution: external", "caution: the sender", "warning: this e", "this email originated",
	"this message originated", "this message came from outside", "attenzione: questa e",
	"attenzione: questa m", "attenzione: mail", "attenzione: e-mail", "attenzione: email",
	"attenzione: mittente", "attenzione: il mittente", "attenzione: messaggio", "attenzione - questa",
	"attenzione! questa", "attenzione! questo", "attenzione: questo messaggio",
	"questa e-mail proviene da", "questa email proviene da", "questo messaggio proviene da",
	"mail proveniente dall'esterno", "e-mail proveniente dall'esterno",
	"messaggio proveniente dall'esterno", "non si ricevono spesso", "non ricevi spesso",
	"non ricevete spesso", "alcune persone che hanno ricevuto questo messaggio", "you don't often get",
	"you do not often get", "some people who received this message", "achtung: diese", "achtung: externe",
	"diese e-mail stammt von", "sie erhalten nicht haufig", "attention : ce", "attention: ce",
	"vous n'obtenez pas souvent", "ce message provient de l'exterieur", "pozor: to sporocilo",
	"scopri perche e importante", "scopri perche questo e importante", "learn why this is important",
	"ulteriori informazioni sul motivo", "non fare clic su", "non cliccare", "do not click", NULL };

static gboolean
begins(const char *text, const char *const *list)
{
	for (; *list != NULL; list++) {
		gsize n = strlen(*list);

		if (strncmp(text, *list, n) == 0 &&
		    !(g_ascii_isalnum((*list)[n - 1]) && g_ascii_isalnum(text[n])))
			return TRUE;
	}
	return FALSE;
}

static gboolean
begins_with(const char *text, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (g_str_has_prefix(text, *list))
			return TRUE;
	}
	return FALSE;
}

static gboolean
has_any(const char *text, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (rn_fold_has(text, *list))
			return TRUE;
	}
	return FALSE;
}

/* FOLD without links: "<https://...>", "(https://...)", "https://..."; brackets of Markdown opened. */
static char *
without_links(const char *fold)
{
	GString *out = g_string_new(NULL);

	for (const char *p = fold; *p != '\0';) {
		gsize skip = strspn(p, "<([");

		if (g_str_has_prefix(p + skip, "http") || g_str_has_prefix(p + skip, "www.")) {
			p += skip;
			p += strcspn(p, " >)]");
			p += strspn(p, ">)]");
			continue;
		}
		if (*p != '[' && *p != ']')
			g_string_append_c(out, *p);
		p++;
	}
	return g_strstrip(g_string_free(out, FALSE));
}

static guint
words_in(const char *text)
{
	guint n = 1;

	for (; *text != '\0'; text++)
		n += *text == ' ';
	return n;
}

/* "Scarica BlueMail per Android" and nothing behind it. */
static gboolean
is_offer(const char *text)
{
	const char *last = strrchr(text, ' ');
	gboolean has_for = FALSE;

	if (last == NULL || !begins(text, gets) || words_in(text) > 7)
		return FALSE;
	for (guint i = 0; fors[i] != NULL; i++)
		has_for |= strstr(text, fors[i]) != NULL;
	return has_for && begins_with(last + 1, systems) && strlen(last + 1) < 9;
}

gboolean
rn_footer_line(const char *fold)
{
	g_autofree char *text = without_links(fold), *head = NULL;
	const char *p = text + strspn(text, "-*_<(\" ");

	if (strlen(p) > MAX_FOOTER)
		return FALSE;
	if (is_offer(p))
		return TRUE;
	if (!begins(p, sent_from))
		return FALSE;
	head = g_strndup(p, strcspn(p, ",.;:"));
	return has_any(head, devices) || (strcmp(head, p) == 0 && words_in(p) <= 8 && has_any(p, mine));
}

gboolean
rn_disclaimer_text(const char *fold)
{
	for (guint i = 0; legal[i] != NULL; i++) {
		if (strstr(fold, legal[i]) != NULL)
			return TRUE;
	}
	return FALSE;
}

gboolean
rn_banner_line(const char *fold)
{
	return begins_with(fold + strspn(fold, "*_-#| "), warnings);
}
