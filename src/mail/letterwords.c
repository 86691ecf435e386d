/* Words of bodies and letters: letters and digits, folded; everything else is invisible, but for a question
 * mark, which makes its word another word: who asks with our own words does not quote us. */
#include <string.h>

#include "mail/fold.h"
#include "mail/letterdiff.h"

#define MAX_WORDS 60000

typedef struct {
	char	*word;		/* folded, with '?' if one follows */
	guint	 start, end;	/* bytes in the text */
} Token;

static gboolean
is_word_char(gunichar c)
{
	return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* The next word of TEXT from *POS on; FALSE if there is none. */
static gboolean
next_word(const char *text, guint *pos, Token *t)
{
	const char *p = text + *pos, *start;
	g_autofree char *fold = NULL;

	while (*p != '\0' && !is_word_char(g_utf8_get_char(p)))
		p = g_utf8_next_char(p);
	if (*p == '\0')
		return FALSE;
	start = p;
	while (*p != '\0' && is_word_char(g_utf8_get_char(p)))
		p = g_utf8_next_char(p);
	fold = rn_fold(start, p - start);
	t->start = (guint)(start - text);
	t->end = (guint)(p - text);
	t->word = g_strconcat(fold, p[strspn(p, " \"')")] == '?' ? "?" : "", NULL);
	*pos = t->end;
	return TRUE;
}

static guint
id_of(RnDiff *d, const char *word, gboolean add)
{
	guint id = GPOINTER_TO_UINT(g_hash_table_lookup(d->ids, word));

	if (id == 0 && add) {
		id = g_hash_table_size(d->ids) + 1;
		g_hash_table_insert(d->ids, g_strdup(word), GUINT_TO_POINTER(id));
	}
	return id;
}

static void
read_letter_line(RnDiff *d, const char *line, GArray *all)
{
	g_autoptr(GString) whole = g_string_new(NULL);
	guint pos = 0, n = 0;
	Token t;

	while (all->len < MAX_WORDS && next_word(line, &pos, &t)) {
		guint id = id_of(d, t.word, TRUE);

		g_array_append_val(all, id);
		g_string_append_printf(whole, "%u ", id);
		g_free(t.word);
		n++;
	}
	if (n >= 2)
		g_hash_table_add(d->whole, g_strdup(whole->str));
}

static void
read_letter(RnDiff *d, const char *letter)
{
	g_auto(GStrv) lines = g_strsplit(letter, "\n", -1);
	GArray *all = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; lines[i] != NULL; i++)
		read_letter_line(d, lines[i], all);
	d->n_letter = all->len;
	d->letter = (guint *)(void *)g_array_free(all, FALSE);
	for (guint j = 0; j + 1 < d->n_letter; j++) {
		gint64 key = (gint64)d->letter[j] << 32 | d->letter[j + 1];
		GArray *places = g_hash_table_lookup(d->pairs, &key);

		if (places == NULL) {
			places = g_array_new(FALSE, FALSE, sizeof(guint));
			g_hash_table_insert(d->pairs, g_memdup2(&key, sizeof(key)), places);
		}
		g_array_append_val(places, j);
	}
}

static gboolean
is_link(const char *word)
{
	return strcmp(word, "mailto") == 0 || strcmp(word, "http") == 0 || strcmp(word, "https") == 0 ||
	    strcmp(word, "www") == 0;
}

static void
read_body_line(RnDiff *d, const RnLine *line, guint i, GArray *all)
{
	guint pos = 0;
	Token t;

	d->lines[i].from = all->len;
	while (all->len < MAX_WORDS && next_word(line->text, &pos, &t)) {
		RnDiffWord w = { .id = id_of(d, t.word, FALSE), .start = t.start, .end = t.end };

		w.first = d->lines[i].n == 0;
		w.marked = (line->flags & RN_LINE_QUOTED) != 0;
		w.link = is_link(t.word);
		g_array_append_val(all, w);
		d->lines[i].n++;
		g_free(t.word);
	}
	if (d->lines[i].n > 0)
		g_array_index(all, RnDiffWord, all->len - 1).last = TRUE;
}

static void
free_places(gpointer places)
{
	g_array_free(places, TRUE);
}

RnDiff *
rn_diff_new(const RnLines *lines, const char *letter)
{
	RnDiff *d = g_new0(RnDiff, 1);
	GArray *all = g_array_new(FALSE, TRUE, sizeof(RnDiffWord));

	d->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	d->pairs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_places);
	d->whole = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	d->runs = g_array_new(FALSE, TRUE, sizeof(RnRun));
	d->lines = g_malloc0_n(lines->n + 1, sizeof(*d->lines));
	read_letter(d, letter);
	for (guint i = 0; i < lines->n; i++)
		read_body_line(d, &lines->at[i], i, all);
	d->n_body = all->len;
	d->body = (RnDiffWord *)(void *)g_array_free(all, FALSE);
	return d;
}

void
rn_diff_free(RnDiff *d)
{
	if (d == NULL)
		return;
	g_hash_table_destroy(d->ids);
	g_hash_table_destroy(d->pairs);
	g_hash_table_destroy(d->whole);
	g_array_free(d->runs, TRUE);
	g_free(d->letter);
	g_free(d->body);
	g_free(d->lines);
	g_free(d);
}

const GArray *
rn_diff_places(const RnDiff *d, guint i)
{
	gint64 key;

	if (i + 1 >= d->n_body || d->body[i].id == 0 || d->body[i + 1].id == 0)
		return NULL;
	key = (gint64)d->body[i].id << 32 | d->body[i + 1].id;
	return g_hash_table_lookup(d->pairs, &key);
}

gboolean
rn_diff_equal_line(const RnDiff *d, guint i)
{
	g_autoptr(GString) whole = g_string_new(NULL);

	for (guint k = 0; k < d->lines[i].n; k++)
		g_string_append_printf(whole, "%u ", d->body[d->lines[i].from + k].id);
	return g_hash_table_contains(d->whole, whole->str);
}

void
rn_diff_mark(const RnDiff *d, RnLines *lines)
{
	for (guint i = 0; i < lines->n; i++) {
		guint gone = 0;

		for (guint k = 0; k < d->lines[i].n; k++)
			gone += d->body[d->lines[i].from + k].gone;
		lines->at[i].letter_words = gone;
		if (gone > 0)
			lines->at[i].flags |= gone == d->lines[i].n ? RN_LINE_LETTER : RN_LINE_CUT;
	}
}

void
rn_diff_cut(const RnDiff *d, RnLines *lines)
{
	for (guint i = 0; i < lines->n; i++) {
		RnLine *line = &lines->at[i];
		g_autoptr(GString) left = g_string_new(NULL);
		guint pos = 0;

		if (!(line->flags & RN_LINE_CUT))
			continue;
		for (guint k = 0; k < d->lines[i].n; k++) {
			const RnDiffWord *w = &d->body[d->lines[i].from + k];

			if (w->gone)
				g_string_append_len(left, line->text + pos, w->start - pos);
			else
				g_string_append_len(left, line->text + pos, w->end - pos);
			pos = w->end;
		}
		g_string_append(left, line->text + pos);
		g_free(line->text);
		g_free(line->fold);
		line->text = g_strstrip(g_strdup(left->str));
		line->fold = rn_fold(line->text, -1);
	}
}
