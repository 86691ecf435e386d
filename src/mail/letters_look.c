/* letters_look.c: what is wrong with a letter though it can be sent. */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "mail/letters_guard.h"
#include "mail/letters_set.h"
#include "mail/typed.h"
#include "mail/view.h"

#define SUBJECT_CHARS 110	/* programs show fewer; beyond that nobody reads */
#define TEXT_COLUMNS 72

static void G_GNUC_PRINTF(2, 3) add(GPtrArray *findings, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(findings, g_strdup_vprintf(format, args));
	va_end(args);
}

#define ONE(kind) (1u << RN_LETTER_##kind)
#define EVERY (~(ONE(ADMIN)))
#define ANSWERS                                                                                               \
	(ONE(CONFIRMATION) | ONE(SUMMARY) | ONE(DECLINED) | ONE(CANCELLED) | ONE(ASK) | ONE(WAITS) | \
	    ONE(DOCUMENT) | ONE(ALREADY) | ONE(LIST) | ONE(HELP) | ONE(FRESH) | ONE(REMINDER))

/* What a letter must say, by the names of the values. */
static const struct {
	guint32		 kinds;
	const char	*name;
} parts[] = {
	{ EVERY, "ordine" },
	{ EVERY, "contatto" },
	{ EVERY, "caso" },
	{ EVERY & ~ONE(MOVED), "codice" },
	{ EVERY & ~(ONE(HELP) | ONE(VERIFY)), "nomecasella" },
	{ ONE(NOTICE) | ONE(FRESH) | ONE(SUMMARY) | ONE(REMINDER) | ONE(DOCUMENT), "datascadenza" },
	{ ONE(NOTICE) | ONE(FRESH) | ONE(DECLINED) | ONE(CANCELLED) | ONE(DEACTIVATED), "linkrinnovo" },
	{ ONE(NOTICE) | ONE(FRESH) | ONE(SUMMARY) | ONE(REMINDER) | ONE(CONFIRMATION), "pagante" },
	{ ONE(CONFIRMATION) | ONE(ALREADY), "idordine" },
	{ ONE(CONFIRMATION), "dataordine" },
	{ ANSWERS, "lette" },
	{ ANSWERS, "ricevutail" },
	{ ONE(RENEWED), "nuovascadenza" },
};

static gboolean
says(const RnWritten *w, const RnView *view, const char *name)
{
	const RnValue *value = rn_view_find(view, name, TRUE);

	return value != NULL && value->text != NULL && strstr(w->text, value->text) != NULL;
}

static void
look_for_parts(
    RnLetterKind kind, const RnWritten *w, const RnView *view, const char *file, GPtrArray *findings)
{
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		if ((parts[i].kinds & (1u << kind)) != 0 && !says(w, view, parts[i].name))
			add(findings, "%s: {{%s}} is missing: this letter must say it", file, parts[i].name);
	if (!g_str_has_prefix(w->text, "--- "))
		add(findings,
		    "%s:3: the first line must be the one above which the member writes: --- ... ---", file);
}

static void
look_at_lengths(const RnWritten *w, const char *file, GPtrArray *findings)
{
	g_auto(GStrv) lines = g_strsplit(w->text, "\n", -1);

	if (g_utf8_strlen(w->subject, -1) > SUBJECT_CHARS)
		add(findings, "%s:1: the subject has %ld characters with the sample values: at most %d", file,
		    g_utf8_strlen(w->subject, -1), SUBJECT_CHARS);
	for (guint i = 0; lines[i] != NULL; i++)
		if (g_utf8_strlen(lines[i], -1) > TEXT_COLUMNS &&
		    strchr(lines[i] + strspn(lines[i], " -"), ' ') != NULL)
			add(findings, "%s: break the line \"%s\": at most %d characters", file, lines[i],
			    TEXT_COLUMNS);
}

/* What programs make of the HTML when they quote it. */
static void
look_at_html_lines(const RnWritten *w, const char *file, GPtrArray *findings)
{
	g_autofree char *text = rn_html_text(w->html, strlen(w->html));
	g_autofree char *line = rn_letters_command_line(text);

	if (line != NULL)
		add(findings,
		    "%s: in the HTML the line \"%s\" starts with a word that members answer with: put it in «» or "
		    "within a sentence",
		    file, line);
}

void
rn_letters_look(const RnLanguageSet *set, RnLetterKind kind, const char *file, GPtrArray *findings)
{
	g_autoptr(RnView) view = rn_letters_sample_in(set->words);
	g_auto(RnWritten) w = { 0 };

	if (!rn_letters_write(set, kind, view, &w, NULL))
		return;
	if (kind == RN_LETTER_ADMIN)
		return;
	look_for_parts(kind, &w, view, file, findings);
	look_at_lengths(&w, file, findings);
	look_at_html_lines(&w, file, findings);
}

typedef struct {
	const char	*file;
	GPtrArray	*findings;
} Page;

static void
on_error(void *data, xmlErrorPtr error)
{
	const Page *p = data;
	g_autofree char *what = g_strstrip(g_strdup(error->message != NULL ? error->message : "bad HTML"));

	add(p->findings, "%s:%d: %s", p->file, error->line, what);
}

/* TEXT with blanks in the place of the template's tags: lines stay where they are. */
static void
blank_tags(char *text)
{
	for (char *at = strstr(text, "{{"); at != NULL; at = strstr(at, "{{")) {
		char *end = strstr(at, "}}");

		for (; end != NULL && at < end + 2; at++)
			if (*at != '\n')
				*at = ' ';
		for (; end != NULL && *at == '}'; at++)
			*at = ' ';
		if (end == NULL)
			return;
	}
}

void
rn_letters_look_at_page(const char *page, GPtrArray *findings)
{
	Page p = { page, findings };
	g_autofree char *text = NULL;
	htmlParserCtxtPtr ctx;
	htmlDocPtr doc;

	if ((text = rn_template_read(page, NULL)) == NULL || (ctx = htmlNewParserCtxt()) == NULL)
		return;
	blank_tags(text);
	xmlSetStructuredErrorFunc(&p, on_error);
	doc = htmlCtxtReadMemory(ctx, text, (int)strlen(text), page, "UTF-8", HTML_PARSE_NONET);
	xmlSetStructuredErrorFunc(NULL, NULL);
	xmlFreeDoc(doc);
	htmlFreeParserCtxt(ctx);
	if (strstr(text, "lang=") == NULL)
		add(findings, "%s: <html lang=\"{{lingua}}\"> is missing: readers speak by it", page);
	if (strstr(text, "color-scheme") == NULL)
		add(findings,
		    "%s: <meta name=\"color-scheme\"> is missing: programs would turn the colours round",
		    page);
	if (strstr(text, "<script") != NULL || strstr(text, "http://") != NULL ||
	    strstr(text, "https://") != NULL)
		add(findings, "%s: scripts and web addresses have no place in a letter: take them out", page);
}
