/* letterread.c: the words of a body and of the letter it answers, as numbers. */
#include <string.h>

#include "mail/fold.h"
#include "mail/letterdiff.h"
#include "mail/letterwords.h"
#include "mail/typed.h"

#define MAX_WORDS 60000

/* A line of the letter: words of it from FROM on. */
struct RnDiffLine {
	guint	from, n;
};

/* What is at hand while a letter is read. */
typedef struct {
	RnDiff		*d;
	RnLetterWord	*next;		/* room for the next new word */
	RnDiffLine	*line;		/* room for the next line */
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

/* A line that stands in the letter twice, as most do in its text and in its HTML, is looked up once; one with
 * a link word by word. */
static void
read_letter_line(Reader *r, char *fold)
{
	RnDiff *d = r->d;
	const RnDiffLine *same = g_hash_table_lookup(d->same, fold);
	guint pos = 0, from = d->n_letter;
	gboolean link = FALSE;
	RnLetterWord w;

	if (same != NULL && from + same->n <= MAX_WORDS) {
		memcpy(d->letter + from, d->letter + same->from, same->n * sizeof(*d->letter));
		d->n_letter += same->n;
	} else {
		while (d->n_letter < MAX_WORDS && rn_letter_word_next(fold, &pos, &w)) {
			d->letter[d->n_letter++] = add_word(r, &w);
			link |= rn_letter_word_link(&w);
		}
	}
	if (d->n_letter == from)
		return;
	*r->line = (RnDiffLine){ from, d->n_letter - from };
	if (!link && same == NULL)
		g_hash_table_insert(d->same, fold, r->line);
	r->line++;
	d->n_places++;
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

/* Each place of a word leads to the next one of the same word. */
static void
find_places(RnDiff *d)
{
	d->first = g_new0(guint, g_hash_table_size(d->ids) + 1);
	d->times = g_new0(guint, g_hash_table_size(d->ids) + 1);
	d->next = g_new0(guint, d->n_letter + 1);
	for (guint j = d->n_letter; j > 0; j--) {
		d->next[j - 1] = d->first[d->letter[j - 1]];
		d->first[d->letter[j - 1]] = j;
		d->times[d->letter[j - 1]]++;
	}
}

static void
read_letter(RnDiff *d, const char *letter)
{
	gsize room = fold_lines(d, letter);
	Reader r = { .d = d };

	d->words = r.next = g_new(RnLetterWord, room);
	d->letter = g_new(guint, room);
	d->places = r.line = g_new(RnDiffLine, d->folded->len);
	for (guint i = 0; i < d->folded->len; i++) {
		char *fold = g_ptr_array_index(d->folded, i);

		if (d->n_text == 0 && strcmp(fold, RN_OTHER_TEXT) == 0)
			d->n_text = d->n_letter;
		read_letter_line(&r, fold);
	}
	if (d->n_text == 0)
		d->n_text = d->n_letter;
	find_places(d);
}

/* The words of a line that stands in the letter as it is: they need not be looked up again. */
static void
copy_line(RnDiff *d, const RnDiffLine *same)
{
	for (guint k = 0; k < same->n; k++)
		d->body[d->n_body++].id = d->letter[same->from + k];
}

static void
look_up_line(RnDiff *d, const char *fold)
{
	guint pos = 0;
	RnLetterWord word;

	while (d->n_body < MAX_WORDS && rn_letter_word_next(fold, &pos, &word)) {
		RnDiffWord *w = &d->body[d->n_body++];

		w->id = GPOINTER_TO_UINT(g_hash_table_lookup(d->ids, &word));
		w->link = rn_letter_word_link(&word);
	}
}

static void
read_body_line(RnDiff *d, const RnLine *line, guint i)
{
	const RnDiffLine *same = *line->fold != '\0' ? g_hash_table_lookup(d->same, line->fold) : NULL;
	guint from = d->n_body;

	if (same != NULL && from + same->n <= MAX_WORDS)
		copy_line(d, same);
	else
		look_up_line(d, line->fold);
	d->lines[i].from = from;
	d->lines[i].n = d->n_body - from;
	if (d->n_body == from)
		return;
	d->body[from].first = TRUE;
	d->body[d->n_body - 1].last = TRUE;
	for (guint k = from; k < d->n_body; k++)
		d->body[k].marked = (line->flags & RN_LINE_QUOTED) != 0;
}

static void
read_body(RnDiff *d, const RnLines *lines)
{
	gsize room = 1;

	for (guint i = 0; i < lines->n; i++)
		room += strlen(lines->at[i].fold) / 2 + 1;
	d->body = g_new0(RnDiffWord, MIN(room, MAX_WORDS + 1));
	d->lines = g_malloc0_n(lines->n + 1, sizeof(*d->lines));
	for (guint i = 0; i < lines->n; i++)
		read_body_line(d, &lines->at[i], i);
}

RnDiff *
rn_diff_new(const RnLines *lines, const char *letter)
{
	RnDiff *d = g_new0(RnDiff, 1);

	d->folded = g_ptr_array_new_with_free_func(g_free);
	d->ids = g_hash_table_new(rn_letter_word_hash, rn_letter_word_equal);
	d->same = g_hash_table_new(g_str_hash, g_str_equal);
	d->runs = g_array_new(FALSE, TRUE, sizeof(RnRun));
	read_letter(d, letter);
	read_body(d, lines);
	return d;
}

void
rn_diff_free(RnDiff *d)
{
	if (d == NULL)
		return;
	g_hash_table_destroy(d->ids);
	g_ptr_array_free(d->folded, TRUE);
	g_free(d->words);
	g_free(d->places);
	g_hash_table_destroy(d->same);
	g_array_free(d->runs, TRUE);
	g_free(d->letter);
	g_free(d->first);
	g_free(d->times);
	g_free(d->next);
	g_free(d->body);
	g_free(d->lines);
	g_free(d);
}

/* Which of the words I and I + 1 is looked for: the one that the letter has less often. 0 or 1. */
static guint
rarer(const RnDiff *d, guint i)
{
	return d->times[d->body[i + 1].id] < d->times[d->body[i].id];
}

/* From PLACE on (a place of word I + WHICH of the body, or 0), one where both words stand: that of word I. */
static guint
with_other(const RnDiff *d, guint i, guint which, guint place)
{
	guint other = d->body[i + 1 - which].id;

	for (; place != 0; place = d->next[place - 1]) {
		if (which == 1 ? place > 1 && d->letter[place - 2] == other :
		                 place < d->n_letter && d->letter[place] == other)
			return place - which;
	}
	return 0;
}

guint
rn_diff_place(const RnDiff *d, guint i)
{
	guint which;

	if (i + 1 >= d->n_body || d->body[i].id == 0 || d->body[i + 1].id == 0)
		return 0;
	which = rarer(d, i);
	return with_other(d, i, which, d->first[d->body[i + which].id]);
}

guint
rn_diff_place_after(const RnDiff *d, guint i, guint place)
{
	guint which = rarer(d, i);

	return with_other(d, i, which, d->next[place + which - 1]);
}

gboolean
rn_diff_equal_line(const RnDiff *d, guint i)
{
	const RnDiffWord *words = d->body + d->lines[i].from;
	guint n = d->lines[i].n, k;

	for (k = 0; k < n && words[k].id != 0; k++)
		;
	if (n < 2 || k < n)
		return FALSE;
	for (guint line = 0; line < d->n_places; line++) {
		const guint *own = d->letter + d->places[line].from;

		for (k = 0; d->places[line].n == n && k < n && words[k].id == own[k]; k++)
			;
		if (k == n)
			return TRUE;
	}
	return FALSE;
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
