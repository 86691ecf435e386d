/* Words of bodies and letters: letters and digits, folded; everything else is invisible, but for a question
 * mark, which makes its word another word: who asks with our own words does not quote us. */
#include <string.h>

#include "mail/fold.h"
#include "mail/letterdiff.h"
#include "mail/typed.h"

#define MAX_WORDS 60000

#define MAX_LETTERS 64	/* of a word; what is longer is compared by its beginning */

/* A word with its hash before it: what the table of words is asked with, and holds. */
typedef struct {
	guint	hash;
	char	text[MAX_LETTERS * 4 + 2];	/* folded, with '?' if one follows */
} Word;

typedef struct {
	Word	word;
	gsize	len;			/* of its text */
	guint	start, end;		/* bytes in the text of the line */
} Token;

static guint
word_hash(gconstpointer word)
{
	return ((const Word *)word)->hash;
}

static gboolean
word_equal(gconstpointer a, gconstpointer b)
{
	const Word *x = a, *y = b;

	return x->hash == y->hash && strcmp(x->text, y->text) == 0;
}

static gboolean
is_word_char(gunichar c)
{
	return c < 0x80 ? g_ascii_isalnum((char)c) : g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* START to END folded into the token: more than ASCII. */
static gsize
fold_word(Token *t, const char *start, const char *end)
{
	g_autofree char *fold = rn_fold(start, end - start);

	return MIN(g_strlcpy(t->word.text, fold, MAX_LETTERS * 4), MAX_LETTERS * 4 - 1);
}

/* The word at START, folded into the token, and its hash; *N gets the length. Where it ends. */
static const char *
take_word(Token *t, const char *start, gsize *n)
{
	const char *p = start;
	gsize len = 0;

	for (; g_ascii_isalnum(*p); p++) {
		if (len < MAX_LETTERS * 4)
			t->word.text[len++] = rn_ascii_lower(*p);
	}
	*n = len;
	if ((guchar)*p < 0x80 || !is_word_char(g_utf8_get_char(p)))
		return p;
	while (*p != '\0' && is_word_char(g_utf8_get_char(p)))
		p = g_utf8_next_char(p);
	*n = fold_word(t, start, p);
	return p;
}

/* Ends the word of N letters, which stands before P, and gives it its hash (as g_str_hash() does it). */
static void
end_word(Token *t, gsize n, const char *p)
{
	while (*p == ' ' || *p == '"' || *p == '\'' || *p == ')')
		p++;
	if (*p == '?')
		t->word.text[n++] = '?';
	t->word.text[n] = '\0';
	t->len = n;
	t->word.hash = 5381;
	for (gsize i = 0; i < n; i++)
		t->word.hash = t->word.hash * 33 + (guchar)t->word.text[i];
}

/* The first character of a word at P or behind it, or the end. */
static const char *
word_start(const char *p)
{
	while (*p != '\0') {
		if ((guchar)*p >= 0x80) {
			if (is_word_char(g_utf8_get_char(p)))
				break;
			p = g_utf8_next_char(p);
		} else if (g_ascii_isalnum(*p)) {
			break;
		} else {
			p++;
		}
	}
	return p;
}

/* The next word of TEXT from *POS on; FALSE if there is none. */
static gboolean
next_word(const char *text, guint *pos, Token *t)
{
	const char *start = word_start(text + *pos), *end;
	gsize n;

	if (*start == '\0')
		return FALSE;
	end = take_word(t, start, &n);
	end_word(t, n, end);
	t->start = (guint)(start - text);
	t->end = *pos = (guint)(end - text);
	return TRUE;
}

/* A copy that lives as long as D: in blocks, each piece a multiple of its alignment with the NUL that the
 * chunk adds. */
static gpointer
keep_word(RnDiff *d, const Token *t)
{
	gsize room = (offsetof(Word, text) + t->len + 1) | (sizeof(guint) - 1);

	return g_string_chunk_insert_len(d->words, (const char *)(const void *)&t->word, (gssize)room);
}

static guint
id_of(RnDiff *d, const Token *t, gboolean add)
{
	guint id = GPOINTER_TO_UINT(g_hash_table_lookup(d->ids, &t->word));

	if (id == 0 && add) {
		id = g_hash_table_size(d->ids) + 1;
		g_hash_table_insert(d->ids, keep_word(d, t), GUINT_TO_POINTER(id));
	}
	return id;
}

/* A number in three characters, none of them NUL. */
static void
put_id(GString *to, guint id)
{
	for (guint i = 0; i < 3; i++, id >>= 6)
		g_string_append_c(to, (char)(' ' + (id & 63)));
}

static void
read_letter_line(RnDiff *d, const char *line, GArray *all, GString *whole)
{
	guint pos = 0, n = 0;
	Token t;

	g_string_truncate(whole, 0);
	while (all->len < MAX_WORDS && next_word(line, &pos, &t)) {
		guint id = id_of(d, &t, TRUE);

		g_array_append_val(all, id);
		put_id(whole, id);
		n++;
	}
	if (n >= 2)
		g_hash_table_add(
		    d->whole, g_string_chunk_insert_len(d->texts, whole->str, (gssize)whole->len));
}

/* Two numbers (both under MAX_WORDS, so under 1 << 16) as one that is not 0. */
static gpointer
pair_of(guint a, guint b)
{
	return GUINT_TO_POINTER(a << 16 | b);
}

/* Each place of a pair leads to the next one of the same pair. */
static void
read_letter(RnDiff *d, const char *letter)
{
	g_auto(GStrv) lines = g_strsplit(letter, "\n", -1);
	g_autoptr(GString) whole = g_string_new(NULL);
	GArray *all = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; lines[i] != NULL; i++) {
		if (d->n_text == 0 && strcmp(lines[i], RN_OTHER_TEXT) == 0)
			d->n_text = all->len;
		read_letter_line(d, lines[i], all, whole);
	}
	d->n_letter = all->len;
	if (d->n_text == 0)
		d->n_text = d->n_letter;
	d->letter = (guint *)(void *)g_array_free(all, FALSE);
	d->next = g_new0(guint, d->n_letter + 1);
	for (guint j = d->n_letter; j > 1; j--) {
		gpointer key = pair_of(d->letter[j - 2], d->letter[j - 1]);

		d->next[j - 2] = GPOINTER_TO_UINT(g_hash_table_lookup(d->pairs, key));
		g_hash_table_insert(d->pairs, key, GUINT_TO_POINTER(j - 1));
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
		RnDiffWord w = { .id = id_of(d, &t, FALSE), .start = t.start, .end = t.end };

		w.first = d->lines[i].n == 0;
		w.marked = (line->flags & RN_LINE_QUOTED) != 0;
		w.link = is_link(t.word.text);
		g_array_append_val(all, w);
		d->lines[i].n++;
	}
	if (d->lines[i].n > 0)
		g_array_index(all, RnDiffWord, all->len - 1).last = TRUE;
}

RnDiff *
rn_diff_new(const RnLines *lines, const char *letter)
{
	RnDiff *d = g_new0(RnDiff, 1);
	GArray *all = g_array_sized_new(FALSE, TRUE, sizeof(RnDiffWord), 2 * lines->n);

	d->words = g_string_chunk_new(8192);
	d->texts = g_string_chunk_new(4096);
	d->ids = g_hash_table_new(word_hash, word_equal);
	d->pairs = g_hash_table_new(NULL, NULL);
	d->whole = g_hash_table_new(g_str_hash, g_str_equal);
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
	g_string_chunk_free(d->words);
	g_string_chunk_free(d->texts);
	g_hash_table_destroy(d->pairs);
	g_hash_table_destroy(d->whole);
	g_array_free(d->runs, TRUE);
	g_free(d->letter);
	g_free(d->next);
	g_free(d->body);
	g_free(d->lines);
	g_free(d);
}

guint
rn_diff_place(const RnDiff *d, guint i)
{
	if (i + 1 >= d->n_body || d->body[i].id == 0 || d->body[i + 1].id == 0)
		return 0;
	return GPOINTER_TO_UINT(g_hash_table_lookup(d->pairs, pair_of(d->body[i].id, d->body[i + 1].id)));
}

gboolean
rn_diff_equal_line(const RnDiff *d, guint i)
{
	g_autoptr(GString) whole = NULL;

	if (d->lines[i].n < 2)
		return FALSE;
	for (guint k = 0; k < d->lines[i].n; k++) {
		if (d->body[d->lines[i].from + k].id == 0)
			return FALSE;
	}
	whole = g_string_sized_new(3 * d->lines[i].n + 1);
	for (guint k = 0; k < d->lines[i].n; k++)
		put_id(whole, d->body[d->lines[i].from + k].id);
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
		lines->at[i].words = d->lines[i].n;
		if (gone > 0)
			lines->at[i].flags |= gone == d->lines[i].n ? RN_LINE_LETTER : RN_LINE_CUT;
	}
}

/* Takes the gone words out of LINE, which is line I. */
static void
cut_line(const RnDiff *d, RnLine *line, guint i)
{
	g_autoptr(GString) left = g_string_new(NULL);
	guint pos = 0, len = (guint)strlen(line->text);

	for (guint k = 0; k < d->lines[i].n; k++) {
		const RnDiffWord *w = &d->body[d->lines[i].from + k];

		if (w->end > len)	/* a header behind it was taken off */
			break;
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

void
rn_diff_cut(const RnDiff *d, RnLines *lines)
{
	for (guint i = 0; i < lines->n; i++) {
		if ((lines->at[i].flags & RN_LINE_CUT) && rn_line_typed(lines, i))
			cut_line(d, &lines->at[i], i);
	}
}
