#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/preview.h"
#include "prog/prog.h"

typedef struct {
	char		*config, *templates, *box, *language;
	gboolean	 html, text, eml, open;
} Options;

static void
options_clear(Options *o)
{
	g_free(o->config);
	g_free(o->templates);
	g_free(o->box);
	g_free(o->language);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* The configuration, unless --templates makes do without one that nobody named. */
static const char *
config_of(const Options *o)
{
	return o->templates != NULL && o->box == NULL && strcmp(o->config, RN_DEFAULT_CONFIG) == 0 ?
	    NULL :
	    o->config;
}

static int
check(const Options *o)
{
	g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;

	if (!rn_preview_check(config_of(o), o->templates, findings, &error))
		return rn_complain("template", error);
	for (guint i = 0; i < findings->len; i++)
		printf("%s\n", (const char *)g_ptr_array_index(findings, i));
	if (findings->len == 0)
		puts("ok: every letter of every language, the look and the links");
	return findings->len == 0 ? RN_EXIT_OK : RN_EXIT_FAILED;
}

static int
print(const char *data, gsize len)
{
	return fwrite(data, 1, len, stdout) == len && fflush(stdout) == 0 ? RN_EXIT_OK : RN_EXIT_FAILED;
}

/* Hands the page to the desktop's browser: a file of its own in the temporary folder, which stays. */
static int
open_page(const char *html)
{
	g_autofree char *file = NULL;
	g_autoptr(GError) error = NULL;
	int fd = g_file_open_tmp("rinnova-letter-XXXXXX.html", &file, &error);
	const char *argv[] = { "xdg-open", file, NULL };

	if (fd == -1 || !g_close(fd, &error) || !g_file_set_contents(file, html, -1, &error) ||
	    !g_spawn_async(NULL, (char **)(void *)argv, NULL,
	        G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, &error)) {
		fprintf(stderr, "rinnova: template: %s\n", error->message);
		return RN_EXIT_FAILED;
	}
	puts(file);
	return RN_EXIT_OK;
}

static int
show(const Options *o, const RnPreview *p)
{
	gsize len;
	const char *eml = g_bytes_get_data(p->eml, &len);

	if (o->eml)
		return print(eml, len);
	if ((o->html || o->open) && p->written.html == NULL) {
		fputs("rinnova: template: this letter is text alone: it goes to the administrator\n", stderr);
		return RN_EXIT_DATA;
	}
	if (o->open)
		return open_page(p->written.html);
	if (o->html)
		return print(p->written.html, strlen(p->written.html));
	printf("Subject: %s\n\n", p->written.subject);
	return print(p->written.text, strlen(p->written.text));
}

static int
preview(const Options *o, const char *letter)
{
	RnPreviewAsk ask = {
		.config = config_of(o), .templates = o->templates, .language = o->language, .box = o->box
	};
	g_auto(RnPreview) out = { 0 };
	g_autoptr(GError) error = NULL;
	int kind = rn_word_read(RN_WORDS_LETTER, letter);

	if (kind < 0) {
		fprintf(stderr, "rinnova: template: there is no letter \"%s\"; there are:", letter);
		for (int i = 0; i < RN_LETTER_N; i++)
			fprintf(stderr, " %s", rn_word(RN_WORDS_LETTER, i));
		fputs("\n", stderr);
		return RN_EXIT_USAGE;
	}
	ask.kind = kind;
	return rn_preview(&ask, &out, &error) ? show(o, &out) : rn_complain("template", error);
}

int
rn_cmd_template(int argc, char **argv)
{
	g_auto(Options) o = { 0 };
	const GOptionEntry rows[] = {
		{ "templates", 0, 0, G_OPTION_ARG_FILENAME, &o.templates, "the sets in this folder", "DIR" },
		{ "box", 0, 0, G_OPTION_ARG_STRING, &o.box, "for this box of the store, not the sample", "BOX" },
		{ "lang", 0, 0, G_OPTION_ARG_STRING, &o.language, "in this language", "LANG" },
		{ "text", 0, 0, G_OPTION_ARG_NONE, &o.text, "print the text (the default)", NULL },
		{ "html", 0, 0, G_OPTION_ARG_NONE, &o.html, "print the HTML", NULL },
		{ "eml", 0, 0, G_OPTION_ARG_NONE, &o.eml, "print the whole message", NULL },
		{ "open", 0, 0, G_OPTION_ARG_NONE, &o.open, "show the HTML in the browser", NULL },
		{ 0 },
	};

	if (!rn_options(&argc, &argv, rows, &o.config))
		return RN_EXIT_USAGE;
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return check(&o);
	if (argc == 3 && strcmp(argv[1], "preview") == 0 && o.text + o.html + o.eml + o.open <= 1)
		return preview(&o, argv[2]);
	fputs("rinnova: template: say check, or preview LETTER with one of --text, --html, --eml, --open\n",
	    stderr);
	return RN_EXIT_USAGE;
}
