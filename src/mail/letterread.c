/* letterread.c: the words of a body and of the letter it answers, as numbers. */
#include <string.h>

#include "mail/fold.h"
#include "mail/letterdiff.h"
#include "mail/letterwords.h"
#include "mail/typed.h"

#define MAX_WORDS 60000

/* A number in three characters, none of them NUL. */
static void
put_id(GString *to, guint id)
{
	for (guint i = 0; i < 3; i++, id >>= 6)
		g_string_append_c(to, (char)(' ' + (id & 63)));
}

/* A line of the letter: words of it from FROM on. */
typedef struct {
	guint	from, n;
} LetterLine;

/* What is at hand while a letter is read. */
typedef struct {
	RnDiff	*d;
	RnLetterWord	*next;		/* room for the next new word */
	GArray	*all;		/* guint: the letter as numbers */
	GString	*whole;		/* the numbers of one line */
	LetterLine *line;	/* room for the next line */
} Reader;

static guint
add_word(Reader *r, const RnLetterWord *w)
{
	guint id = GPOINTER_TO_UINT(g_hash_table_lookup(r->d->ids, w));

	if (id == 0) {
		id = g_hash_table_size(r->d->ids) + 1;
		*r->next = *w;
		g_hash_table_insert(r->d->ids, r->next++, GUINT_TO_POINTER(id));
	}
	return id;
}

/* A line with a link is looked up word by word. */
static void
read_letter_line(Reader *r, char *fold)
{
	guint pos = 0, n = 0, from = r->all->len;
	gboolean link = FALSE;
	RnLetterWord w;

	g_string_truncate(r->whole, 0);
	while (r->all->len < MAX_WORDS && rn_letter_word_next(fold, &pos, &w)) {
		guint id = add_word(r, &w);

		g_array_append_val(r->all, id);
		put_id(r->whole, id);
		link |= rn_letter_word_link(&w);
		n++;
	}
	if (n > 0 && !link) {
		*r->line = (LetterLine){ from, n };
		g_hash_table_insert(r->d->same, fold, r->line++);
	}
	if (n >= 2)
		g_hash_table_add(r->d->whole,
		    g_string_chunk_insert_len(r->d->lines_kept, r->whole->str, (gssize)r->whole->len));
}

/* Keeps the lines of LETTER, folded; returns how many words they have at most, as each has a gap behind it.
 */
static gsize
fold_lines(RnDiff *d, const char *letter)
{
	gsize room = 0;

	for (const char *line = letter; *line != '\0';) {
		gsize len = strcspn(line, "\n");
		char *fold = len == strlen(RN_OTHER_TEXT) && memcmp(line, RN_OTHER_TEXT, len) == 0 ?
		    g_strdup(RN_OTHER_TEXT) :
		    rn_fold(line, (gssize)len);

		g_ptr_array_add(d->folded, fold);
		room += strlen(fold) / 2 + 1;
		line += len + (line[len] == '\n');
	}
	return room;
}

/* Two numbers (both under MAX_WORDS, so under 1 << 16) as one that is not 0. */
static gpointer
pair_of(guint a, guint b)
{
	return GUINT_TO_POINTER(a << 16 | b);
}

/* Each place of a pair leads to the next one of the same pair. */
static void
find_pairs(RnDiff *d)
{
	d->next = g_new0(guint, d->n_letter + 1);
	for (guint j = d->n_letter; j > 1; j--) {
		gpointer key = pair_of(d->letter[j - 2], d->letter[j - 1]);

		d->next[j - 2] = GPOINTER_TO_UINT(g_hash_table_lookup(d->pairs, key));
		g_hash_table_insert(d->pairs, key, GUINT_TO_POINTER(j - 1));
	}
}

static void
read_letter(RnDiff *d, const char *letter)
{
	Reader r = { .d = d, .all = g_array_new(FALSE, FALSE, sizeof(guint)), .whole = g_string_new(NULL) };

	d->words = r.next = g_new(RnLetterWord, fold_lines(d, letter));
	d->places = r.line = g_new(LetterLine, d->folded->len);
	for (guint i = 0; i < d->folded->len; i++) {
		char *fold = g_ptr_array_index(d->folded, i);

		if (d->n_text == 0 && strcmp(fold, RN_OTHER_TEXT) == 0)
			d->n_text = r.all->len;
		read_letter_line(&r, fold);
	}
	g_string_free(r.whole, TRUE);
	d->n_letter = r.all->len;
	if (d->n_text == 0)
		d->n_text = d->n_letter;
	d->letter = (guint *)(void *)g_array_free(r.all, FALSE);
	find_pairs(d);
}

/* The words of a line that stands in the letter as it is: they need not be looked up again. */
static void
copy_line(const RnDiff *d, const LetterLine *same, GArray *all)
{
	for (guint k = 0; k < same->n; k++) {
		RnDiffWord w = { .id = d->letter[same->from + k] };

		g_array_append_val(all, w);
	}
}

static void
look_up_line(const RnDiff *d, const char *fold, GArray *all)
{
	guint pos = 0;
	RnLetterWord word;

	while (all->len < MAX_WORDS && rn_letter_word_next(fold, &pos, &word)) {
		RnDiffWord w = { .id = GPOINTER_TO_UINT(g_hash_table_lookup(d->ids, &word)),
			.link = rn_letter_word_link(&word) };

		g_array_append_val(all, w);
	}
}

static void
read_body_line(RnDiff *d, const RnLine *line, guint i, GArray *all)
{
	const LetterLine *same = *line->fold != '\0' ? g_hash_table_lookup(d->same, line->fold) : NULL;
	guint from = all->len;

	if (same != NULL && from + same->n <= MAX_WORDS)
		copy_line(d, same, all);
	else
		look_up_line(d, line->fold, all);
	d->lines[i].from = from;
	d->lines[i].n = all->len - from;
	if (all->len == from)
		return;
	g_array_index(all, RnDiffWord, from).first = TRUE;
	g_array_index(all, RnDiffWord, all->len - 1).last = TRUE;
	for (guint k = from; k < all->len; k++)
		g_array_index(all, RnDiffWord, k).marked = (line->flags & RN_LINE_QUOTED) != 0;
}

RnDiff *
rn_diff_new(const RnLines *lines, const char *letter)
{
	RnDiff *d = g_new0(RnDiff, 1);
	GArray *all = g_array_sized_new(FALSE, TRUE, sizeof(RnDiffWord), 2 * lines->n);

	d->folded = g_ptr_array_new_with_free_func(g_free);
	d->lines_kept = g_string_chunk_new(4096);
	d->ids = g_hash_table_new(rn_letter_word_hash, rn_letter_word_equal);
	d->same = g_hash_table_new(g_str_hash, g_str_equal);
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
	g_ptr_array_free(d->folded, TRUE);
	g_string_chunk_free(d->lines_kept);
	g_free(d->words);
	g_free(d->places);
	g_hash_table_destroy(d->same);
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
