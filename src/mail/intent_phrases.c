/* From text to phrases of the vocabulary. */
#include <string.h>

#include "mail/fold.h"
#include "mail/intent_parts.h"

#define MAX_ITEMS 400

typedef struct {
	const char	*text;
	const char	*p;
	GArray		*words;		/* RnItem, one word each, say still unknown */
	RnPhrases	*out;
	guint		 line;
	gboolean	 fresh, first;
	gboolean	 glued;		/* no white space since the last word */
} Reader;

/* Parts of words that are cut by a full stop: "dott.ssa", "spett.le", "f.to". */
static gboolean
abbreviates(const char *word)
{
	static const char *const parts[] = { "dott", "spett", "ill", "egr", "gent", "preg", "f", "sig", "d",
		"prof", "dr", "gen", NULL };

	return g_strv_contains(parts, word);
}

static void
add_word(Reader *r, const char *start, const char *end, const char *fixed)
{
	RnItem *last = r->words->len > 0 ? &g_array_index(r->words, RnItem, r->words->len - 1) : NULL;
	RnItem item = { .start = (guint)(start - r->text), .end = (guint)(end - r->text), .line = r->line };

	if (*start == '\0' || r->words->len >= MAX_ITEMS) {
		r->out->too_long = TRUE;
		return;
	}
	item.word = fixed != NULL ? g_strdup(fixed) : rn_fold(start, end - start);
	item.fresh = r->fresh;
	item.first = r->first;
	item.capital = g_unichar_isupper(g_utf8_get_char(start));
	r->fresh = r->first = FALSE;
	if (*item.word == '\0') {
		g_free(item.word);
		return;
	}
	if (last != NULL && r->glued && start > r->text && start[-1] == '.' && last->end + 1 == item.start &&
	    abbreviates(last->word)) {
		char *joined = g_strconcat(last->word, item.word, NULL);

		g_free(last->word);
		g_free(item.word);
		last->word = joined;
		last->end = item.end;
		return;
	}
	g_array_append_val(r->words, item);
}

/* A run of text without white space that is an address or a link; NULL if it is none. Returns its end. */
static const char *
address_end(const char *p)
{
	gsize n = strcspn(p, " \t\r\n");
	g_autofree char *chunk = g_strndup(p, n);

	if (g_str_has_prefix(chunk, "http://") || g_str_has_prefix(chunk, "https://") ||
	    g_str_has_prefix(chunk, "www.") || g_str_has_prefix(chunk, "mailto:") ||
	    g_str_has_prefix(chunk, "<mailto:") || g_str_has_prefix(chunk, "<http"))
		return p + n;
	if (strchr(chunk, '@') == NULL || *chunk == '@' || !g_ascii_isalnum(strchr(chunk, '@')[1]))
		return NULL;
	while (n > 0 && strchr(",.;:!?>)", p[n - 1]) != NULL)
		n--;
	return p + n;
}

/* Is [START, END) a day: three groups of digits? */
static const char *
number_kind(const char *start, const char *end)
{
	guint marks = 0;

	for (const char *p = start; p < end; p++)
		marks += *p == '/' || *p == '-' || *p == '.';
	return marks == 2 ? "#date" : "#number";
}

/* Signs that are no words: what could ask, or say no. */
static void
take_sign(Reader *r, gunichar c)
{
	static const gunichar asks[] = { '?', 0xBF, 0x37E, 0x61F, 0xFF1F, 0x2753, 0x2754, 0x2049, 0x203D,
		0x2047, 0x2048 };
	static const gunichar denies[] = { 0x1F44E, 0x274C, 0x274E, 0x1F6AB, 0x26D4, 0x1F645, 0x2716, 0x1F914,
		0x1F6D1, 0x1F621, 0x1F620, 0x2260, 0x00AC };

	for (guint i = 0; i < G_N_ELEMENTS(asks); i++)
		r->out->question |= c == asks[i];
	for (guint i = 0; i < G_N_ELEMENTS(denies); i++)
		r->out->odd |= c == denies[i];
	if (c == '\n') {
		r->line++;
		r->first = TRUE;
	}
	if (strchr(",;:!?.\n()-", c < 0x80 ? (int)c : ' ') != NULL && c != ' ')
		r->fresh = TRUE;
	if (r->words->len > 0 && (c == ',' || c == '!' || c == '\n' || c == ';' || c == ':'))
		g_array_index(r->words, RnItem, r->words->len - 1).comma = TRUE;
	if (c != '.')
		r->glued = FALSE;
}

static gboolean
is_letter(gunichar c)
{
	return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == 0xAD || c == 0x200B || c == 0x200C ||
	    c == 0x200D || c == 0x2060;
}

static void
read_words(Reader *r)
{
	const char *end;

	for (r->p = r->text; *r->p != '\0' && !r->out->too_long;) {
		gunichar c = g_utf8_get_char(r->p);

		if ((g_unichar_isalnum(c) || c == '<') && (end = address_end(r->p)) != NULL)
			add_word(r, r->p, end, "#address");
		else if (g_ascii_isdigit(*r->p)) {
			end = r->p + strspn(r->p, "0123456789./-:");
			while (strchr("./-:", end[-1]) != NULL)
				end--;
			add_word(r, r->p, end, number_kind(r->p, end));
		} else if (g_unichar_isalnum(c)) {
			for (end = r->p; *end != '\0' && is_letter(g_utf8_get_char(end));)
				end = g_utf8_next_char(end);
			add_word(r, r->p, end, NULL);
			r->glued = TRUE;
		} else {
			end = g_utf8_next_char(r->p);
			take_sign(r, c);
		}
		r->p = end;
	}
	if (r->words->len > 0)
		g_array_index(r->words, RnItem, r->words->len - 1).comma = TRUE;
}

/* How many words from I on are single letters of one line: "S I", "r i n n o v a". */
static guint
spelled(const Reader *r, guint i)
{
	guint n = 0;

	while (i + n < r->words->len) {
		const RnItem *w = &g_array_index(r->words, RnItem, i + n);

		if (g_utf8_strlen(w->word, -1) != 1 || *w->word == '#' || (n > 0 && w->first))
			break;
		n++;
	}
	return n;
}

/* Joins the N words from I on, between them BETWEEN; whole clauses only, so no punctuation but a line break
 * inside. NULL if it can't. */
static char *
join(const Reader *r, guint i, guint n, const char *between)
{
	GString *s = g_string_new(NULL);

	for (guint k = 0; k < n; k++) {
		const RnItem *w = &g_array_index(r->words, RnItem, i + k);

		if (*between != '\0' && k > 0 && w->fresh && !w->first) {
			g_string_free(s, TRUE);
			return NULL;
		}
		g_string_append_printf(s, "%s%s", k > 0 ? between : "", w->word);
	}
	return g_string_free(s, FALSE);
}

/* "e" is and, but "e` " and "e'" are is. */
static gboolean
is_verb(const char *typed, const char *phrase)
{
	if (g_strcmp0(phrase, "e") != 0)
		return FALSE;
	return (guchar)*typed >= 0x80 || typed[1] == '\'' || typed[1] == '`' ||
	    g_str_has_prefix(typed + 1, "\xe2\x80\x99");
}

/* The phrase that begins at word I, the longest that the vocabulary has. Returns how many words it takes. */
static guint
take_phrase(Reader *r, guint i)
{
	RnItem item = g_array_index(r->words, RnItem, i);
	guint n, letters = spelled(r, i);
	char *phrase = letters >= 2 ? join(r, i, letters, "") : NULL;

	if (phrase != NULL && (item.say = rn_say_of(phrase, &item.key)) >= RN_SAY_LOADED)
		n = letters;
	else {
		for (n = MIN(RN_PHRASE_WORDS, r->words->len - i); n > 0; n--) {
			g_free(phrase);
			phrase = join(r, i, n, " ");
			if (phrase == NULL)
				continue;
			item.say = rn_say_of(phrase, &item.key);
			if (item.say != RN_SAY_UNKNOWN || n == 1)
				break;
		}
	}
	if (item.say == RN_SAY_DECLINE) {
		item.say = RN_SAY_NO;
		item.declines = item.says_all = TRUE;
	}
	if (item.say == RN_SAY_FILL && is_verb(r->text + item.start, phrase))
		item.say = RN_SAY_UNKNOWN;
	item.languages = rn_say_languages(phrase, &item.fills);
	item.reason = item.say == RN_SAY_REASON;
	item.word = phrase;
	item.end = g_array_index(r->words, RnItem, i + n - 1).end;
	item.comma = g_array_index(r->words, RnItem, i + n - 1).comma;
	g_array_append_val(r->out->items, item);
	return n;
}

/* A text without a single small letter: then capitals show no names. */
static gboolean
is_shouted(const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		if (g_unichar_islower(g_utf8_get_char(text)))
			return FALSE;
	}
	return TRUE;
}

RnPhrases *
rn_phrases_read(const char *text)
{
	RnPhrases *out = g_new0(RnPhrases, 1);
	gboolean shouted = is_shouted(text);
	Reader r = { .text = text, .out = out, .fresh = TRUE, .first = TRUE };

	out->items = g_array_new(FALSE, TRUE, sizeof(RnItem));
	r.words = g_array_new(FALSE, TRUE, sizeof(RnItem));
	read_words(&r);
	for (guint i = 0; i < r.words->len;)
		i += take_phrase(&r, i);
	for (guint i = 0; shouted && i < out->items->len; i++)
		g_array_index(out->items, RnItem, i).capital = FALSE;
	for (guint i = 0; i < r.words->len; i++)
		g_free(g_array_index(r.words, RnItem, i).word);
	g_array_free(r.words, TRUE);
	return out;
}

void
rn_phrases_free(RnPhrases *words)
{
	if (words == NULL)
		return;
	for (guint i = 0; i < words->items->len; i++)
		g_free(g_array_index(words->items, RnItem, i).word);
	g_array_free(words->items, TRUE);
	g_free(words);
}
