/* Reply headers: "Il giorno lun 23 nov 2026 alle ore 10:15 Nome <a@b> ha scritto:". Not a pattern for each
 * program, but what all of them have: a word for "wrote" or the shape "date, address, colon"; always a date
 * or an address, so that "Il cliente ha scritto: confermo" stays a sentence. */
#include <string.h>

#include "mail/fold.h"
#include "mail/typed_lines.h"

#define MAX_SPAN 5
#define MAX_LENGTH 500

/* "wrote", folded. */
static const char *const verbs[] = { "ha scritto", "scrive", "wrote", "writes", "sent", "schrieb",
	"geschrieben", "a ecrit", "ecrit", "napisal", "napisala", "napisal(a)", "napisal-a", "napisal/-a",
	"sporoca", "napisal/a", "escribio", "escreveu", "schreef", "geschreven", "skrev", "skriver",
	"kirjoitti", "napisał", "napisał(a)", "napisała", "написал", "написала", "пишет", "пише", "đa viet",
	NULL };

/* What a header may begin with before its date. */
static const char *const leads[] = { "il giorno", "in data", "nel giorno", "il", "on", "le", "am", "dne",
	"v v", "v", "el", "em", "op", "den", "pa", "w dniu", "dnia", "at", "vao", "pe", NULL };

static gboolean
has_verb(const char *text)
{
	for (guint i = 0; verbs[i] != NULL; i++) {
		if (rn_fold_has(text, verbs[i]))
			return TRUE;
	}
	return FALSE;
}

/* The verb is the last thing in TEXT. */
static gboolean
ends_in_verb(const char *text)
{
	for (guint i = 0; verbs[i] != NULL; i++) {
		gsize n = strlen(verbs[i]), len = strlen(text);

		if (len > n && strcmp(text + len - n, verbs[i]) == 0 && text[len - n - 1] == ' ')
			return TRUE;
	}
	return FALSE;
}

/* TEXT without what mail programs draw around a header: dashes, asterisks, spaces. */
static char *
undrawn(const char *text, gboolean *dashes)
{
	const char *end;

	*dashes = g_str_has_prefix(text, "--") && g_str_has_suffix(text, "--");
	text += strspn(text, "-*_ ");
	end = text + strlen(text);
	while (end > text && strchr("-*_ ", end[-1]) != NULL)
		end--;
	return g_strndup(text, (gsize)(end - text));
}

/* TEXT as it was before a program took its markup for text: "ha%20scritto:<br%20type=>". NULL if it was not.
 */
static char *
unmangled(const char *text)
{
	g_autofree char *plain = strstr(text, "%20") != NULL ? g_uri_unescape_string(text, NULL) : NULL;
	char *tag = plain != NULL ? strstr(plain, ":<br") : NULL;

	if (tag == NULL)
		return NULL;
	tag[1] = '\0';
	return rn_fold(plain, -1);
}

/* "2026-11-23 10:15 gmt+01:00 nome": old Gmail. */
static gboolean
iso_head(const char *text)
{
	const char *p = text + strspn(text, "0123456789");

	if (p - text != 4 || (*p != '-' && *p != '/') || !rn_date_in(text, NULL))
		return FALSE;
	return strstr(text, " gmt") != NULL || (rn_address_in(text) && g_str_has_suffix(text, ">"));
}

/* Is the folded TEXT, as a whole, a reply header? */
static gboolean
is_attribution(const char *whole)
{
	gboolean dashes, dated, addressed, colon;
	guint where = 0;
	g_autofree char *mangled = unmangled(whole);
	g_autofree char *text = undrawn(mangled != NULL ? mangled : whole, &dashes);
	gsize len = strlen(text);

	if (len < 8 || len > MAX_LENGTH)
		return FALSE;
	dated = rn_date_in(text, &where);
	addressed = rn_address_in(text);
	colon = text[len - 1] == ':';
	if (dashes && ends_in_verb(text))
		return TRUE;
	if (!dated && !addressed)
		return FALSE;
	if (colon && has_verb(text))
		return TRUE;
	if (dated && (addressed || dashes) && ends_in_verb(text))
		return TRUE;
	return (dated && where < 3 && addressed && colon) || iso_head(text);
}

/* Does TEXT begin as a header does: a lead word and a date, or a date? */
static gboolean
begins_header(const char *text)
{
	guint where;

	text += strspn(text, "-*_ ");
	for (guint i = 0; leads[i] != NULL; i++) {
		gsize n = strlen(leads[i]);

		if (strncmp(text, leads[i], n) == 0 && text[n] == ' ' && rn_date_in(text + n + 1, &where) &&
		    where < 3)
			return TRUE;
	}
	return rn_date_in(text, &where) && where < 2;
}

/* More '<' than '>' so far: an address goes on in the next line. */
static gboolean
is_open(const char *text)
{
	int depth = 0;

	for (; *text != '\0'; text++)
		depth += *text == '<' ? 1 : *text == '>' ? -1 : 0;
	return depth > 0;
}

/* Joins the folds of lines I.. until they make a header. A blank line, or one that seems quoted since it
 * begins with '>', may be inside only where an address in <> is still open. Returns the number of lines, 0 if
 * there is no header. */
static guint
span(const RnLines *lines, guint i, const char *first)
{
	g_autoptr(GString) text = g_string_new(first);

	for (guint n = 1;; n++) {
		const char *next = i + n < lines->n ? lines->at[i + n].fold : NULL;

		if (is_attribution(text->str))
			return n;
		if (next == NULL || n >= MAX_SPAN || text->len > MAX_LENGTH)
			return 0;
		if ((lines->at[i + n].flags & RN_LINE_QUOTED) && !is_open(text->str))
			return 0;
		if (*next == '\0' && (i + n + 1 >= lines->n || *lines->at[i + n + 1].fold != '<'))
			return 0;
		if (*next != '\0') {
			g_string_append_c(text, ' ');
			g_string_append(text, lines->at[i + n].flags & RN_LINE_QUOTED ? ">" : "");
			g_string_append(text, next);
		}
	}
}

/* A later line of the N from I on begins the header by itself: then what stands before it was typed. */
static gboolean
begins_later(const RnLines *lines, guint i, guint n)
{
	for (guint k = 1; k < n; k++) {
		if (begins_header(lines->at[i + k].fold) &&
		    span(lines, i + k, lines->at[i + k].fold) == n - k)
			return TRUE;
	}
	return FALSE;
}

/* "va bene Il 23/11/2026 10:15, Nome ha scritto:": where the header begins inside line I. */
static guint
inner_header(const RnLines *lines, guint i, gsize *prefix)
{
	static const char *const inner[] = { " On ", " Il ", " Il giorno ", " Le ", " Am ", "--On ", "--Il ",
		NULL };
	const char *text = lines->at[i].text;
	guint best = 0;

	for (guint k = 0; inner[k] != NULL; k++) {
		for (const char *p = strstr(text, inner[k]); p != NULL; p = strstr(p + 1, inner[k])) {
			const char *at = p + (inner[k][0] == ' ' ? 1 : 2);
			g_autofree char *fold = rn_fold(at, -1);
			guint n = begins_header(fold) ? span(lines, i, fold) : 0;

			if (n == 0)
				continue;
			best = n;
			while (p > text && strchr(" -*_", p[-1]) != NULL)
				p--;
			*prefix = (gsize)(p - text);
			break;
		}
	}
	return best;
}

/* A header with the quoted text behind it in one line, as where a program loses line breaks: only with both
 * a date and an address in front of "wrote:", since behind a mere date it may be a sentence. */
static gboolean
runs_on(const char *fold)
{
	for (guint i = 0; verbs[i] != NULL; i++) {
		g_autofree char *verb = g_strconcat(" ", verbs[i], ":", NULL);
		const char *at = strstr(fold, verb);
		g_autofree char *head = at != NULL ? g_strndup(fold, (gsize)(at - fold)) : NULL;

		if (head != NULL && strlen(head) < MAX_LENGTH && begins_header(head) && rn_address_in(head) &&
		    head[strlen(head) - 1] == '>')
			return TRUE;
	}
	return FALSE;
}

guint
rn_attribution_at(const RnLines *lines, guint i, gsize *prefix)
{
	const char *fold = lines->at[i].fold;
	guint n;

	*prefix = 0;
	if (lines->at[i].flags & (RN_LINE_QUOTED | RN_LINE_BLANK))
		return 0;
	if (runs_on(fold))
		return 1;
	if (begins_header(fold)) {
		n = span(lines, i, fold);
		return n > 1 && begins_later(lines, i, n) ? 0 : n;
	}
	n = inner_header(lines, i, prefix);
	if (n > 0)
		return n;
	n = span(lines, i, fold);
	if (n > 1 && (begins_later(lines, i, n) || !rn_address_in(fold)))
		return 0;
	return n;
}
