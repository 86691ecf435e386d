#include "mail/vocabulary.h"

#include <string.h>

#include "base/conf.h"
#include "mail/fold.h"
#include "mail/vocabulary_builtin.h"

typedef struct {
	RnSay	 say;
	char	*key;
	guint	 file;		/* number of the file that it comes from, from 1 */
	guint	 languages;	/* a bit for each file that understands it so */
	guint	 fills;		/* and for each that takes it for a small word */
	guint	 line;
} Entry;

struct RnVocabulary {
	GHashTable	*phrases;	/* folded phrase -> Entry */
	GPtrArray	*meant, *words;	/* of [slip], NULL at the end */
	guint		 files;
};

#define MAX_LANGUAGES 30	/* each has a bit */

/* A file that is being added. */
typedef struct {
	RnVocabulary	*v;
	const char	*name;
	guint		 seen;		/* a bit for each section */
} Reader;

/* How careful a meaning is: where two languages disagree about a phrase, the higher wins. */
enum { PLAIN, REFUSES, TURNS, LIMITS, ASKS };

/* NEEDED: without it a language would read a no as a yes, or nothing at all. */
static const struct {
	const char	*section;
	RnSay		 say;
	guint		 care;
	gboolean	 needed;
} sections[] = {
	{ "renew", RN_SAY_RENEW, PLAIN, TRUE },
	{ "renewal", RN_SAY_RENEWAL, PLAIN, FALSE },
	{ "want", RN_SAY_WANT, PLAIN, FALSE },
	{ "accept", RN_SAY_ACCEPT, PLAIN, TRUE },
	{ "yes", RN_SAY_YES, PLAIN, TRUE },
	{ "yes-alone", RN_SAY_YES_ALONE, PLAIN, FALSE },
	{ "no", RN_SAY_NO, REFUSES, TRUE },
	{ "decline", RN_SAY_DECLINE, REFUSES, FALSE },
	{ "not", RN_SAY_NOT, TURNS, TRUE },
	{ "cancel", RN_SAY_CANCEL, REFUSES, FALSE },
	{ "authorize", RN_SAY_AUTHORIZE, PLAIN, FALSE },
	{ "status", RN_SAY_STATUS, PLAIN, FALSE },
	{ "list", RN_SAY_LIST, PLAIN, FALSE },
	{ "help", RN_SAY_HELP, PLAIN, FALSE },
	{ "reason", RN_SAY_REASON, LIMITS, FALSE },
	{ "if", RN_SAY_IF, LIMITS, TRUE },
	{ "ask", RN_SAY_ASK, ASKS, TRUE },
	{ "fill", RN_SAY_FILL, PLAIN, FALSE },
	{ "aside", RN_SAY_ASIDE, PLAIN, FALSE },
	{ "thanks", RN_SAY_THANK, PLAIN, FALSE },
	{ "greeting", RN_SAY_GREET, PLAIN, FALSE },
	{ "dear", RN_SAY_DEAR, PLAIN, FALSE },
	{ "closing", RN_SAY_CLOSE, PLAIN, FALSE },
	{ "title", RN_SAY_TITLE, PLAIN, FALSE },
	{ "slip", RN_SAY_UNKNOWN, PLAIN, FALSE },
};

/* The verbs that a declaration may ask for; the keys of [accept]. */
static const char *const verbs[] = { "accetto", "approvo", "confermo", "dichiaro", NULL };

/* State of the process, set once before any mail is read and forked along into the parser children. */
static RnVocabulary *in_use;

static void
entry_free(gpointer data)
{
	Entry *e = data;

	g_free(e->key);
	g_free(e);
}

RnVocabulary *
rn_vocabulary_new(void)
{
	RnVocabulary *v = g_new0(RnVocabulary, 1);

	v->phrases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
	v->meant = g_ptr_array_new_with_free_func(g_free);
	v->words = g_ptr_array_new_with_free_func(g_free);
	return v;
}

void
rn_vocabulary_free(RnVocabulary *v)
{
	if (v == NULL)
		return;
	g_hash_table_destroy(v->phrases);
	g_ptr_array_unref(v->meant);
	g_ptr_array_unref(v->words);
	g_free(v);
}

static gboolean wrong(const Reader *r, const RnConfPlain *at, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static gboolean
wrong(const Reader *r, const RnConfPlain *at, GError **error, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s:%u: key \"%s\" of [%s]: %s", r->name, at->line,
	    at->key, at->section, what);
	return FALSE;
}

/* PHRASE as rn_phrases_read() would see it: folded words with a space between them. Caller frees. */
static char *
phrase_key(const char *phrase, guint *words)
{
	g_autofree char *fold = rn_fold(phrase, -1);
	GString *out = g_string_new(NULL);

	*words = 0;
	for (const char *p = fold; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		gboolean in = g_unichar_isalnum(c) || c == '#';

		if (in && (out->len == 0 || out->str[out->len - 1] == ' '))
			++*words;
		if (in)
			g_string_append_unichar(out, c);
		else if (out->len > 0 && out->str[out->len - 1] != ' ')
			g_string_append_c(out, ' ');
	}
	return g_strchomp(g_string_free(out, FALSE));
}

static guint
care_of(RnSay say)
{
	for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
		if (sections[i].say == say)
			return sections[i].care;
	}
	return PLAIN;
}

/* Puts PHRASE (taken over) into the vocabulary. */
static gboolean
put(Reader *r, const RnConfPlain *at, RnSay say, char *phrase, GError **error)
{
	Entry *old = g_hash_table_lookup(r->v->phrases, phrase);
	gboolean same = old != NULL && old->say == say && strcmp(old->key, at->key) == 0;
	gboolean twice = old != NULL && old->file == r->v->files && !same;
	Entry *e;

	if (twice)
		wrong(r, at, error, "\"%s\" stands on line %u already; keep one of them", phrase, old->line);
	if (old != NULL && old->say == say)
		old->languages |= 1U << r->v->files;
	if (old != NULL && say == RN_SAY_FILL)
		old->fills |= 1U << r->v->files;
	if (old != NULL && (twice || care_of(say) <= care_of(old->say))) {
		g_free(phrase);
		return !twice;
	}
	e = g_new0(Entry, 1);
	e->say = say;
	e->key = g_strdup(at->key);
	e->file = r->v->files;
	e->languages = 1U << r->v->files;
	e->fills = (say == RN_SAY_FILL ? e->languages : 0) | (old != NULL ? old->fills : 0);
	e->line = at->line;
	g_hash_table_replace(r->v->phrases, phrase, e);
	return TRUE;
}

static gboolean
take_phrases(Reader *r, const RnConfPlain *at, RnSay say, GError **error)
{
	for (guint i = 0; at->list[i] != NULL; i++) {
		guint words;
		g_autofree char *phrase = phrase_key(at->list[i], &words);

		if (words == 0)
			return wrong(r, at, error, "\"%s\" has no word in it", at->list[i]);
		if (words > RN_PHRASE_WORDS)
			return wrong(
			    r, at, error, "\"%s\" has more than %d words", at->list[i], RN_PHRASE_WORDS);
		if (!put(r, at, say, g_steal_pointer(&phrase), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
take_slips(Reader *r, const RnConfPlain *at, GError **error)
{
	GPtrArray *to = strcmp(at->key, "meant") == 0 ? r->v->meant :
	    strcmp(at->key, "words") == 0             ? r->v->words :
	                                                NULL;

	if (to == NULL)
		return wrong(r, at, error, "[slip] has the keys meant and words only");
	for (guint i = 0; at->list[i] != NULL; i++) {
		guint words;
		g_autofree char *word = phrase_key(at->list[i], &words);

		if (words != 1)
			return wrong(r, at, error, "\"%s\" is not one word", at->list[i]);
		if (to == r->v->meant && g_hash_table_lookup(r->v->phrases, word) == NULL)
			return wrong(r, at, error,
			    "\"%s\" is no phrase of this file; the section [slip] stands last", at->list[i]);
		g_ptr_array_add(to, g_steal_pointer(&word));
	}
	return TRUE;
}

/* One key of the file. */
static gboolean
take_key(const RnConfPlain *at, gpointer data, GError **error)
{
	Reader *r = data;

	for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
		if (strcmp(sections[i].section, at->section) != 0)
			continue;
		r->seen |= 1U << i;
		if (sections[i].say == RN_SAY_UNKNOWN)
			return take_slips(r, at, error);
		if (sections[i].say == RN_SAY_ACCEPT && !g_strv_contains(verbs, at->key))
			return wrong(
			    r, at, error, "the keys of [accept] are accetto, approvo, confermo and dichiaro");
		return take_phrases(r, at, sections[i].say, error);
	}
	return wrong(r, at, error, "no such section; it.conf shows all of them");
}

gboolean
rn_vocabulary_add(RnVocabulary *v, const char *text, const char *name, GError **error)
{
	g_autoptr(RnConf) conf = rn_conf_from_text(text, name, error);
	Reader r = { .v = v, .name = name };

	v->files++;
	if (conf == NULL || !rn_conf_each(conf, take_key, &r, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
		if (!sections[i].needed || (r.seen & 1U << i) != 0)
			continue;
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s: section [%s] is missing: without it answers would be read wrongly", name,
		    sections[i].section);
		return FALSE;
	}
	return TRUE;
}

static gboolean
add_language(RnVocabulary *v, const char *folder, const char *language, GError **error)
{
	gboolean inside = folder == NULL || *folder == '\0';
	g_autofree char *file = g_strconcat(language, ".conf", NULL);
	g_autofree char *path = inside ? NULL : g_build_filename(folder, file, NULL);
	g_autofree char *text = NULL;
	const char *builtin = inside ? rn_vocabulary_builtin(language) : NULL;

	if (builtin != NULL)
		return rn_vocabulary_add(v, builtin, file, error);
	if (inside) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "no language \"%s\" is built in (it, de, fr, sl, en are); name the folder of its file",
		    language);
		return FALSE;
	}
	text = rn_conf_text(path, error);
	return text != NULL && rn_vocabulary_add(v, text, path, error);
}

RnVocabulary *
rn_vocabulary_load(const char *folder, const char *const *languages, GError **error)
{
	g_autoptr(RnVocabulary) v = rn_vocabulary_new();

	if (languages == NULL)
		languages = rn_vocabulary_languages;
	for (guint i = 0; i < MAX_LANGUAGES && languages[i] != NULL; i++) {
		if (!add_language(v, folder, languages[i], error))
			return NULL;
	}
	g_ptr_array_add(v->meant, NULL);
	g_ptr_array_add(v->words, NULL);
	return g_steal_pointer(&v);
}

void
rn_vocabulary_use(RnVocabulary *v)
{
	RnVocabulary *old = in_use;

	in_use = v;
	rn_vocabulary_free(old);
}

/* The vocabulary of this process; what is built in until another one is put to use. */
static RnVocabulary *
current(void)
{
	static gsize done = 0;

	if (in_use != NULL)
		return in_use;
	if (g_once_init_enter(&done)) {
		g_autoptr(GError) error = NULL;
		RnVocabulary *v = rn_vocabulary_load(NULL, NULL, &error);

		if (v == NULL)
			g_error("the built-in vocabulary is wrong: %s", error->message);
		in_use = v;
		g_once_init_leave(&done, 1);
	}
	return in_use;
}

RnSay
rn_say_of(const char *phrase, const char **key)
{
	const Entry *e = g_hash_table_lookup(current()->phrases, phrase);

	if (key != NULL)
		*key = e != NULL ? e->key : NULL;
	if (e != NULL)
		return e->say;
	if (strcmp(phrase, "#date") == 0 || strcmp(phrase, "#number") == 0)
		return RN_SAY_NUMBER;
	return strcmp(phrase, "#address") == 0 ? RN_SAY_ADDRESS : RN_SAY_UNKNOWN;
}

guint
rn_say_languages(const char *phrase, guint *fills)
{
	const Entry *e = g_hash_table_lookup(current()->phrases, phrase);

	*fills = e != NULL ? e->fills : 0;
	return e != NULL ? e->languages : 0;
}

const char *const *
rn_vocabulary_slips(gboolean meant)
{
	const RnVocabulary *v = current();

	return (const char *const *)(meant ? v->meant->pdata : v->words->pdata);
}
