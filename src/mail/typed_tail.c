/* The ends of what somebody typed: banners above, signatures, footers and legal notices below. What goes by
 * such a guess is looked at once more: if a line of it says no by itself, nothing above it can be a yes. */
#include <string.h>

#include "mail/fold.h"
#include "mail/typed.h"
#include "mail/typed_lines.h"

static void
drop(RnLines *lines, guint i)
{
	lines->at[i].flags |= RN_LINE_DROPPED;
}

/* Words without which no line can say no or cancel: a quick look before the long one. */
static gboolean
could_deny(const char *fold)
{
	static const char *const words[] = { "no", "non", "annulla", "annullate", "annullare", "annullo",
		"not", "don't", "cancel", "nein", "nicht", "ne", "pas", "disdico", "disdetta", "rifiuto",
		NULL };

	for (guint i = 0; words[i] != NULL; i++) {
		if (rn_fold_has(fold, words[i]))
			return TRUE;
	}
	return FALSE;
}

void
rn_line_drop_guessed(RnLines *lines, guint i)
{
	const char *rule;
	g_autofree char *matched = NULL, *accepts = NULL;
	RnIntent says = RN_INTENT_EMPTY;

	if (rn_line_typed(lines, i) && strlen(lines->at[i].fold) < 120 && could_deny(lines->at[i].fold))
		says = rn_intent_read(lines->at[i].text, FALSE, &matched, &rule, &accepts);
	if (says == RN_INTENT_NO || says == RN_INTENT_CANCEL)
		lines->mixed = TRUE;
	drop(lines, i);
}

/* The end (exclusive) of the paragraph of line I: a blank line, or one that is known not to be typed. */
static guint
paragraph_end(const RnLines *lines, guint i)
{
	while (i < lines->n && rn_line_typed(lines, i))
		i++;
	return i;
}

void
rn_lines_banners(RnLines *lines)
{
	guint i = rn_lines_next(lines, 0);

	for (guint seen = 0; i < lines->n && seen < 12 && rn_line_typed(lines, i); seen++) {
		gboolean wrapped;

		if (!rn_banner_line(lines->at[i].fold))
			return;
		do {
			wrapped = g_utf8_strlen(lines->at[i].text, -1) >= 60 &&
			    !g_str_has_suffix(lines->at[i].fold, ".");
			drop(lines, i++);
		} while (i < lines->n && wrapped && rn_line_typed(lines, i));
		i = rn_lines_next(lines, i);
	}
}

/* "-- ", a dash of its own, or a line of underscores. */
gboolean
rn_delimiter_line(const RnLine *line)
{
	const char *t = line->text + strspn(line->text, " \t");
	gsize n = strspn(t, "_");

	return strcmp(t, "--") == 0 || strcmp(t, "\xe2\x80\x94") == 0 || strcmp(t, "\xe2\x80\x93") == 0 ||
	    (n >= 2 && t[n] == '\0');
}

/* A link and nothing else: a program's own page. */
static gboolean
is_link_line(const char *fold)
{
	fold += strspn(fold, "<([ ");
	return (g_str_has_prefix(fold, "http") || g_str_has_prefix(fold, "www.")) &&
	    strchr(fold, ' ') == NULL;
}

/* "[cid:image001.png@01D2]", "[image: logo]": what programs write in the place of a picture. */
static gboolean
is_picture(const char *fold)
{
	static const char *const begins[] = { "[cid:", "[image:", "[inline image", "[immagine", "[logo",
		"<image", "[bild", NULL };

	for (guint i = 0; begins[i] != NULL; i++) {
		if (g_str_has_prefix(fold, begins[i]) && strpbrk(fold, "]>") == fold + strlen(fold) - 1)
			return TRUE;
	}
	return FALSE;
}

/* "-Mario Rossi": a dash right before a name of one to three words, behind typed text and at the end of its
 * paragraph. */
static gboolean
is_dashed_name(const RnLines *lines, guint i)
{
	const char *p = lines->at[i].text;
	guint words = 1;

	if (*p++ != '-' || (i + 1 < lines->n && rn_line_typed(lines, i + 1)))
		return FALSE;
	if (!g_unichar_isupper(g_utf8_get_char(p)))
		return FALSE;
	for (; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == ' ' && !g_unichar_isupper(g_utf8_get_char(p + 1)))
			return FALSE;
		if (c != ' ' && !g_unichar_isalpha(c) && c != '.' && c != '\'' && c != '-')
			return FALSE;
		words += c == ' ';
	}
	return words <= 3;
}

/* Signatures and footers: from the sign down to the next quotation. A footer with nothing typed above it is
 * only a line. */
static void
drop_signatures(RnLines *lines)
{
	gboolean above = FALSE, signed_ = FALSE, footed = FALSE;

	for (guint i = 0; i < lines->n; i++) {
		if (!rn_line_typed(lines, i)) {
			if (lines->at[i].flags & RN_LINE_NOT_TYPED)
				signed_ = footed = FALSE;
			continue;
		}
		if (is_picture(lines->at[i].fold)) {
			drop(lines, i);
			continue;
		}
		if (rn_delimiter_line(&lines->at[i])) {
			signed_ = TRUE;
			drop(lines, i);
		} else if (rn_footer_line(lines->at[i].fold)) {
			footed = TRUE;
			drop(lines, i);
		} else if (signed_ || (above && is_dashed_name(lines, i))) {
			rn_line_drop_guessed(lines, i);
		} else if (footed) {
			lines->mixed |=
			    !rn_disclaimer_text(lines->at[i].fold) && !is_link_line(lines->at[i].fold);
			if (above || is_link_line(lines->at[i].fold))
				drop(lines, i);
		} else
			above = TRUE;
	}
}

/* Paragraphs that are legal notices; behind the first of them a shorter memory is enough. */
static void
drop_disclaimers(RnLines *lines)
{
	guint end;

	for (guint i = 0; i < lines->n; i = end + 1) {
		g_autoptr(GString) text = g_string_new(NULL);

		end = paragraph_end(lines, i);
		for (guint k = i; k < end; k++) {
			if (!rn_disclaimer_text(lines->at[k].fold) && text->len == 0) {
				/* typed text right above a notice, without a blank line between them, stays
				 */
				g_autofree char *two = k + 1 < end ?
				    g_strconcat(lines->at[k].fold, " ", lines->at[k + 1].fold, NULL) :
				    NULL;

				if (two == NULL || !rn_disclaimer_text(two) ||
				    rn_disclaimer_text(lines->at[k + 1].fold))
					continue;
			}
			g_string_append(text, lines->at[k].fold);
			rn_line_drop_guessed(lines, k);
		}
	}
}

void
rn_lines_tails(RnLines *lines)
{
	drop_signatures(lines);
	drop_disclaimers(lines);
}
