/* report.c: `rinnova report`: who renewed, who did not and why, what the payer owes. */
#include <stdio.h>
#include <string.h>

#include "base/world.h"
#include "core/report.h"
#include "prog/owed.h"
#include "prog/prog.h"
#include "prog/show.h"

#define FAR (G_MAXINT64 / 2)

typedef struct {
	char	*config, *convention, *from, *to, *invoice, *output;
	gboolean text, csv, html, mail, owed;
	RnDay	 first, last;	/* of --from and --to */
} Options;

static void
options_clear(Options *o)
{
	g_free(o->config);
	g_free(o->convention);
	g_free(o->from);
	g_free(o->to);
	g_free(o->invoice);
	g_free(o->output);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
read_days(Options *o)
{
	o->first = o->last = RN_DAY_NONE;
	if ((o->from != NULL && !rn_day_parse(o->from, &o->first)) ||
	    (o->to != NULL && !rn_day_parse(o->to, &o->last)))
		return FALSE;
	return o->first == RN_DAY_NONE || o->last == RN_DAY_NONE || o->first <= o->last;
}

/* The report about C in the form that was asked for. Caller frees. */
static char *
written(RnEngine *e, RnTx *tx, const RnConvention *c, const Options *o, GError **error)
{
	g_autoptr(RnRenewals) r = rn_report_make(e, tx, c, rn_now(), o->first, o->last, error);

	if (r == NULL)
		return NULL;
	if (o->csv)
		return rn_report_csv(r, e->settings->tz);
	return rn_report_render(e, r, o->html ? RN_REPORT_PAGE : RN_REPORT_TEXT, error);
}

static gboolean
put_out(const Options *o, const char *text, GError **error)
{
	if (o->output != NULL)
		return g_file_set_contents(o->output, text, -1, error);
	fputs(text, stdout);
	return TRUE;
}

static gboolean
each(RnEngine *e, const Options *o, GError **error)
{
	g_autoptr(RnTx) tx = o->mail ? rn_tx_begin(e->store, error) : rn_tx_look(e->store, error);
	g_autoptr(GString) all = g_string_new(NULL);

	if (tx == NULL)
		return FALSE;
	for (guint i = 0; i < e->settings->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(e->settings->conventions, i);
		g_autofree char *text = NULL;
		gboolean fresh = FALSE;

		if (o->convention != NULL && strcmp(c->id, o->convention) != 0)
			continue;
		if (o->mail) {
			if (!rn_report_send(e, tx, c, rn_now(), o->first, o->last, &fresh, error))
				return FALSE;
			g_string_append_printf(all, "%s: %s %s\n", c->id,
			    fresh ? "the report waits in the outbox, for" :
			            "there was one today already, for",
			    *c->secretary != '\0' ? c->secretary : e->settings->site.admin);
			continue;
		}
		text = written(e, tx, c, o, error);
		if (text == NULL)
			return FALSE;
		g_string_append_printf(all, "%s%s", all->len > 0 ? "\n" : "", text);
	}
	return (!o->mail || rn_tx_commit(&tx, error)) && put_out(o, all->str, error);
}

static int
run(RnEngine *e, const Options *o)
{
	g_autoptr(GError) error = NULL;

	if (o->convention != NULL && rn_settings_convention(e->settings, o->convention) == NULL) {
		fprintf(stderr, "rinnova: report: there is no [convention %s] in %s\n", o->convention,
		    e->settings->file);
		return RN_EXIT_NOT_FOUND;
	}
	if (o->owed || o->invoice != NULL)
		return rn_report_owed(e, o->convention,
		    o->first != RN_DAY_NONE ? rn_day_start(o->first, e->settings->tz) : 0,
		    o->last != RN_DAY_NONE ? rn_day_start(o->last + 1, e->settings->tz) : FAR, o->invoice,
		    o->csv);
	return each(e, o, &error) ? RN_EXIT_OK : rn_complain("report", error);
}

/* What was asked for at once and cannot be; NULL if nothing. Static. */
static const char *
contradiction(const RnEngine *e, const Options *o)
{
	int forms = (o->text != 0) + (o->csv != 0) + (o->html != 0) + (o->mail != 0) + (o->invoice != NULL);

	if (forms > 1)
		return "say one of --text, --csv, --html, --mail and --reconcile";
	if ((o->owed || o->invoice != NULL) && o->convention == NULL)
		return "--owed and --reconcile are about one convention: say --convention NAME";
	if (o->owed && (o->html || o->mail))
		return "--owed gives text or CSV";
	if (o->output != NULL && (o->mail || o->owed || o->invoice != NULL))
		return "--output is for --text, --csv and --html";
	if ((o->csv || o->html) && o->convention == NULL && e != NULL && e->settings->conventions->len > 1)
		return "there are several conventions: say --convention NAME with --csv or --html";
	return NULL;
}

static int
refuse(const char *why)
{
	fprintf(stderr, "rinnova: report: %s\n", why);
	return RN_EXIT_USAGE;
}

int
rn_cmd_report(int argc, char **argv)
{
	g_auto(Options) o = { 0 };
	GOptionEntry options[] = {
		{ "convention", 0, 0, G_OPTION_ARG_STRING, &o.convention, "of this convention only", "NAME" },
		{ "from", 0, 0, G_OPTION_ARG_STRING, &o.from, "periods that end, orders concluded on this day or later",
		    "YYYY-MM-DD" },
		{ "to", 0, 0, G_OPTION_ARG_STRING, &o.to, "on this day or earlier", "YYYY-MM-DD" },
		{ "text", 0, 0, G_OPTION_ARG_NONE, &o.text, "as text (as it is without any of these)", NULL },
		{ "csv", 0, 0, G_OPTION_ARG_NONE, &o.csv, "as CSV, one line for each box", NULL },
		{ "html", 0, 0, G_OPTION_ARG_NONE, &o.html, "as a page to print", NULL },
		{ "mail", 0, 0, G_OPTION_ARG_NONE, &o.mail, "by mail to each convention's secretary, once a day", NULL },
		{ "output", 0, 0, G_OPTION_ARG_FILENAME, &o.output, "into FILE", "FILE" },
		{ "owed", 0, 0, G_OPTION_ARG_NONE, &o.owed, "the concluded orders, one by one, with their prices", NULL },
		{ "reconcile", 0, 0, G_OPTION_ARG_FILENAME, &o.invoice,
		    "compare with the provider's invoice (columns order, reference or box, and amount without VAT)", "FILE.csv" },
		{ 0 },
	};
	g_autoptr(RnEngine) e = NULL;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &o.config))
		return RN_EXIT_USAGE;
	if (argc != 1)
		return refuse("there is nothing to say but options");
	if (contradiction(NULL, &o) != NULL)
		return refuse(contradiction(NULL, &o));
	if (!read_days(&o))
		return refuse("--from and --to are days, in this order; write them as 2026-01-31");
	e = rn_show_open("report", o.config,
	    RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_LETTERS | (o.mail ? RN_NEED_KEYS : RN_NEED_READ_ONLY),
	    &code);
	if (e == NULL)
		return code;
	return contradiction(e, &o) != NULL ? refuse(contradiction(e, &o)) : run(e, &o);
}
