/* typed_name.c: a first name that somebody signs with, alone on the last line: "Mario" under "Rinnovate
 * pure". One capitalised word is no sign of a signature by itself ("Aspettate" is one too); it is if the mail
 * knows its writer by that name: in its own From, or among the addresses of the header block that it stands
 * above. */
#include <string.h>

#include "mail/fold.h"
#include "mail/intent_parts.h"
#include "mail/typed_lines.h"

#define MAX_BLOCK 8	/* lines of a header block that are looked at */

/* The last typed line, with typed text above it; lines->n if there is none. */
static guint
last_typed(const RnLines *lines)
{
	guint last = lines->n, typed = 0;

	for (guint i = 0; i < lines->n; i++) {
		if (rn_line_typed(lines, i)) {
			last = i;
			typed++;
		}
	}
	return typed > 1 ? last : lines->n;
}

/* The folded addresses of the header block right below line I: caller frees. */
static char *
block_addresses(const RnLines *lines, guint i)
{
	GString *out = g_string_new(NULL);
	guint k = rn_lines_next(lines, i + 1);

	for (guint seen = 0; k < lines->n && seen < MAX_BLOCK; k++, seen++) {
		if (rn_address_in(lines->at[k].fold) && rn_block_line(lines->at[k].fold))
			g_string_append_printf(out, "%s ", lines->at[k].fold);
	}
	return g_string_free(out, FALSE);
}

/* TEXT is one word, which begins with a capital and stands in one of the folded NAMES. Longer names stay:
 * they are known for what they are by their capitals. */
static gboolean
is_own_name(const char *text, const char *const *names)
{
	g_autofree char *fold = rn_fold(text, -1);
	gboolean known = FALSE;

	g_strdelimit(fold, ".,", ' ');
	g_strchomp(fold);
	if (strlen(fold) < 2 || strchr(fold, ' ') != NULL || !g_unichar_isupper(g_utf8_get_char(text)))
		return FALSE;
	for (guint k = 0; names[k] != NULL; k++)
		known |= rn_fold_has(names[k], fold);
	return known;
}

/* TEXT has a thank or a closing in it, and nothing that could decide. */
static gboolean
is_courtesy(const char *text)
{
	g_autoptr(RnPhrases) words = rn_phrases_read(text);
	gboolean kind = FALSE;

	for (guint i = 0; i < words->items->len; i++) {
		RnSay say = g_array_index(words->items, RnItem, i).say;

		if (say >= RN_SAY_LOADED)
			return FALSE;
		kind |= say == RN_SAY_THANK || say == RN_SAY_CLOSE;
	}
	return kind;
}

/* The typed line above line I is a courtesy that ends in a comma: "Grazie,". Then both are one greeting,
 * which stays or goes as a whole. Behind "Rinnovate pure," the name is a signature. */
static gboolean
goes_on(const RnLines *lines, guint i)
{
	while (i > 0 && !rn_line_typed(lines, --i))
		continue;
	return g_str_has_suffix(lines->at[i].fold, ",") && is_courtesy(lines->at[i].text);
}

void
rn_lines_own_name(RnLines *lines, const char *from)
{
	guint last = last_typed(lines);
	g_autofree char *own = rn_fold(from != NULL ? from : "", -1), *block = NULL;

	if (last == lines->n || goes_on(lines, last))
		return;
	block = block_addresses(lines, last);
	if (is_own_name(lines->at[last].text, (const char *const[]){ own, block, NULL }))
		rn_line_drop_guessed(lines, last);
}
