/* marker.c: the mark that a holder has chosen ("SEGNO girasole"): it stands in every letter of ours from then
 * on, and whoever imitates our letters does not know it. */
#include <string.h>

#include "core/verify.h"
#include "mail/typed.h"

#define WORD_MIN 3	/* characters */
#define WORD_MAX 24

/* In the languages that answers are read in. */
static const char *const commands[] = { "segno", "zeichen", "mark", "signe", "znak" };

/* Letters and digits alone: it is printed in letters. */
static gboolean
is_word(const char *text)
{
	glong n = g_utf8_strlen(text, -1);

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
		if (!g_unichar_isalnum(g_utf8_get_char(p)))
			return FALSE;
	return n >= WORD_MIN && n <= WORD_MAX;
}

/* "Mark Weber" is a man, and no command. */
static gboolean
is_command(const char *word, const char *command)
{
	return strcmp(command, "mark") == 0 ? strcmp(word, "MARK") == 0 :
	                                      g_ascii_strcasecmp(word, command) == 0;
}

char *
rn_mark_chosen(const char *typed)
{
	g_autofree char *copy = g_strstrip(g_strdup(typed != NULL ? typed : ""));
	g_auto(GStrv) words = g_strsplit_set(copy, " \t\n:", -1);
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	for (guint i = 0; words[i] != NULL && found->len <= 2; i++)
		if (*words[i] != '\0')
			g_ptr_array_add(found, words[i]);
	if (found->len != 2)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
		if (is_command(g_ptr_array_index(found, 0), commands[i]) &&
		    is_word(g_ptr_array_index(found, 1)) && !rn_intent_bare(g_ptr_array_index(found, 1)))
			return g_strdup(g_ptr_array_index(found, 1));
	return NULL;
}

gboolean
rn_mark(RnWork *w, GError **error)
{
	g_autoptr(GPtrArray) boxes = NULL;
	const char *from = w->r->facts->from;

	if (!rn_store_boxes_of_address(w->desk.tx, from, &boxes, error))
		return FALSE;
	for (guint i = 0; i < boxes->len; i++) {
		const RnBox *b = g_ptr_array_index(boxes, i);

		/* who may answer for the holder does not choose the holder's mark */
		if (g_strcmp0(b->name, from) != 0 && g_strcmp0(b->reference, from) != 0 &&
		    g_strcmp0(b->reference2, from) != 0)
			continue;
		if (!rn_store_mark_put(w->desk.tx, b->id, w->r->mark, w->desk.now, w->in->id, error) ||
		    !rn_desk_ledger(&w->desk, "mark chosen", b, NULL, NULL, error))
			return FALSE;
	}
	return rn_command(w, error);
}
