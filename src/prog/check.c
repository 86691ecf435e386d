#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/world.h"
#include "core/doctor.h"
#include "core/mta.h"
#include "prog/check_probe.h"
#include "prog/prog.h"
#include "prog/show.h"

#define WAIT 30		/* seconds for a probe */

typedef struct {
	gboolean	 json, probe, send;
	int		 wait;
	char		*config, *mta, *mta_config;
} Options;

static void
options_clear(Options *o)
{
	g_free(o->config);
	g_free(o->mta);
	g_free(o->mta_config);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* One line for each finding: ok, warn or FAIL, what, and the one thing to do. */
static void
print(const GPtrArray *list, guint from, gboolean json)
{
	for (guint i = from; i < list->len; i++) {
		const RnFinding *f = g_ptr_array_index(list, i);

		if (json)
			rn_show_json(json_pack("{s:s, s:s, s:s, s:s?}", "level", rn_find_word(f->level),
			    "point", f->point, "text", f->text, "todo", f->todo));
		else
			printf("%-5s %-14s %s%s%s\n",
			    f->level == RN_FIND_FAIL ? "FAIL" : rn_find_word(f->level), f->point, f->text,
			    f->todo != NULL ? " -> " : "", f->todo != NULL ? f->todo : "");
	}
	fflush(stdout);
}

/* Before anything else: its processes are forked from one that has nothing open. */
static void
check_parser(const RnSite *site, GPtrArray *list)
{
	RnParserHow how = { .timeout = site->parse_seconds, .max = 1, .unfiltered = !site->parser_filter };
	g_autoptr(GError) error = NULL;
	g_autoptr(RnParser) p = rn_parser_start(&how, &error);

	if (!site->parser_filter)
		rn_find(list, RN_FIND_WARN, "parser-filter",
		    "off: a mail that takes the parser over can make any system call",
		    "parser-filter = yes, where the kernel can");
	rn_find_by(list, &error, "parser", "reads mail in processes of its own", NULL);
}

static void
check_time(const RnSettings *s, GPtrArray *list)
{
	g_autoptr(RnStore) store = rn_store_open(s->site.store, TRUE, NULL);

	rn_doctor_time(s, store, rn_now(), list);
}

static void
check_mta(const RnSite *site, const Options *o, GPtrArray *list)
{
	static const RnFindLevel levels[] = { RN_FIND_OK, RN_FIND_WARN, RN_FIND_FAIL };
	const char *where = o->mta_config != NULL ? o->mta_config : "";
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) points = strcmp(o->mta, "postfix") == 0 ? rn_mta_postfix(site, where, &error) :
	                                                               rn_mta_sendmail(site, where, &error);

	if (points == NULL)
		rn_find_by(list, &error, o->mta, NULL, NULL);
	for (guint i = 0; points != NULL && i < points->len; i++) {
		const RnMtaFinding *f = g_ptr_array_index(points, i);

		rn_find(list, levels[f->level], f->point, f->text, NULL);
	}
}

static void
examine(const RnSettings *s, const Options *o, GPtrArray *list)
{
	const RnSite *site = &s->site;

	check_parser(site, list);
	rn_doctor_files(site, list);
	rn_doctor_look(s, list);
	rn_doctor_store(site, list);
	check_time(s, list);
	rn_doctor_door(site, list);
	rn_doctor_units(NULL, list);
	rn_doctor_dns(site, list);
	rn_doctor_trust(site, rn_now(), list);
	rn_doctor_conventions(s, TRUE, list);
	rn_doctor_auth(site, list);
	if (o->mta != NULL)
		check_mta(site, o, list);
	if (o->probe || o->send)
		rn_check_probe(s, o->send, o->wait, list);
}

/* Whether the options go together; says what is wrong. */
static gboolean
understood(int argc, char **argv, const Options *o)
{
	gboolean mta = o->mta != NULL ? strcmp(o->mta, "postfix") == 0 || strcmp(o->mta, "sendmail") == 0 :
	                                o->mta_config == NULL;

	if (argc != 1)
		fprintf(stderr, "rinnova: check: \"%s\" is not understood\n", argv[1]);
	else if (!mta)
		fputs("rinnova: check: --mta is postfix or sendmail\n", stderr);
	else if (o->wait < 0 || o->wait > 3600)
		fputs("rinnova: check: --wait is a number of seconds, at most 3600\n", stderr);
	else
		return TRUE;
	return FALSE;
}

int
rn_cmd_check(int argc, char **argv)
{
	g_auto(Options) o = { .wait = WAIT };
	GOptionEntry options[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "one JSON object a line",
		                       NULL },
		{ "probe", 0, 0, G_OPTION_ARG_NONE, &o.probe, "send a mail through lmtpd's socket", NULL },
		{ "send", 0, 0, G_OPTION_ARG_NONE, &o.send,
		    "and one through the mail server, and wait for it", NULL },
		{ "wait", 0, 0, G_OPTION_ARG_INT, &o.wait, "so long (default 30)", "SECONDS" },
		{ "mta", 0, 0, G_OPTION_ARG_STRING, &o.mta,
		    "also look at the mail server: postfix or sendmail", "NAME" },
		{ "mta-config", 0, 0, G_OPTION_ARG_FILENAME, &o.mta_config,
		    "the folder of main.cf, or sendmail.cf; without it the usual one", "PATH" },
		{ 0 } };
	g_autoptr(GPtrArray) list = rn_findings_new();
	g_autoptr(RnSettings) s = NULL;
	g_autoptr(GError) error = NULL;

	if (!rn_options(&argc, &argv, options, &o.config) || !understood(argc, argv, &o))
		return RN_EXIT_USAGE;
	s = rn_settings_read(o.config, &error);
	if (rn_find_by(list, &error, "configuration", o.config, "put that line right; nothing starts before"))
		examine(s, &o, list);
	print(list, 0, o.json);
	return (int)rn_findings_worst(list);
}
