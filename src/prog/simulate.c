/* simulate.c: `rinnova simulate`: what would be sent and deactivated, day by day. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "core/simulate.h"
#include "prog/prog.h"

#define MAX_DAYS 3660

/* The columns, in their order; what is not among them is counted as other. */
static const struct {
	RnLetterKind	 kind;
	const char	*name;
} columns[] = {
	{ RN_LETTER_NOTICE, "notices" }, { RN_LETTER_REMINDER, "reminders" }, { RN_LETTER_DOCUMENT, "documents" },
	{ RN_LETTER_SUMMARY, "summaries" }, { RN_LETTER_CONFIRMATION, "confirmed" }, { RN_LETTER_RENEWED, "renewed" },
};

typedef struct {
	RnSimulatedDay	 sum, busiest;
	RnDay		 from, to;
	gboolean	 csv, terminal;
} Table;

static guint
others(const RnSimulatedDay *d)
{
	guint n = d->all;

	for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
		n -= d->letters[columns[i].kind];
	return n;
}

static void
print_head(const Table *t)
{
	fputs(t->csv ? "day,letters" : "day        letters", stdout);
	for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
		printf(t->csv ? ",%s" : " %9s", columns[i].name);
	puts(t->csv ? ",other,requests,concluded,deactivated,brake" :
	              "     other  requests concluded deactivated");
}

static void
print_row(const Table *t, const char *name, const RnSimulatedDay *d)
{
	printf(t->csv ? "%s,%u" : "%-10s %7u", name, d->all);
	for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
		printf(t->csv ? ",%u" : " %9u", d->letters[columns[i].kind]);
	printf(t->csv ? ",%u,%u,%u,%u,%s\n" : " %9u %9u %9u %11u%s\n", others(d), d->requests, d->concluded,
	    d->deactivated,
	    t->csv        ? (d->braked ? "yes" : "no") :
	        d->braked ? "  the brake would pull" :
	                    "");
}

static void
add(RnSimulatedDay *sum, const RnSimulatedDay *d)
{
	for (guint i = 0; i < RN_LETTER_N; i++)
		sum->letters[i] += d->letters[i];
	sum->all += d->all;
	sum->requests += d->requests;
	sum->concluded += d->concluded;
	sum->deactivated += d->deactivated;
}

/* A day on which nothing happens is no line, but a step of the work. */
static void
show(const RnSimulatedDay *d, gpointer data)
{
	Table *t = data;
	g_autofree char *name = rn_day_iso(d->day);

	add(&t->sum, d);
	if (d->all > t->busiest.all)
		t->busiest = *d;
	if (t->terminal)
		fprintf(stderr, "\r%s (%d of %d days)%s", name, d->day - t->from + 1, t->to - t->from + 1,
		    d->day == t->to ? "\n" : "");
	if (t->csv || d->all > 0 || d->deactivated > 0 || d->requests > 0)
		print_row(t, name, d);
}

static void
print_sum(const Table *t)
{
	g_autofree char *day = rn_day_iso(t->busiest.day);

	if (t->csv)
		return;
	print_row(t, "in all", &t->sum);
	if (t->sum.all > 0)
		printf("most letters on one day: %u on %s\n", t->busiest.all, day);
}

static volatile sig_atomic_t stop;

static void
on_signal(G_GNUC_UNUSED int number)
{
	stop = 1;
}

/* Whatever would end the program ends the play, so that no copy of the store is left behind. */
static void
catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], &act, NULL);
}

/* The span of --from and --to; FALSE after saying what is wrong. */
static gboolean
read_days(const char *from, const char *to, Table *t)
{
	const char *wrong = from == NULL || to == NULL ?
	    "say --from DAY and --to DAY" :
	    !rn_day_parse(from, &t->from) || !rn_day_parse(to, &t->to) ?
	    "--from and --to are days; write them as 2026-01-31" :
	    t->to < t->from             ? "--to is before --from" :
	    t->to - t->from >= MAX_DAYS ? "that is more than ten years" :
	                                  NULL;

	if (wrong != NULL)
		fprintf(stderr, "rinnova: simulate: %s\n", wrong);
	return wrong == NULL;
}

int
rn_cmd_simulate(int argc, char **argv)
{
	g_autofree char *config = NULL, *from = NULL, *to = NULL, *file = NULL, *maildir = NULL;
	Table t = { .terminal = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO) };
	GOptionEntry options[] = { { "from", 0, 0, G_OPTION_ARG_STRING, &from, "the first day",
		                       "YYYY-MM-DD" },
		{ "to", 0, 0, G_OPTION_ARG_STRING, &to, "the last day", "YYYY-MM-DD" },
		{ "answers", 0, 0, G_OPTION_ARG_FILENAME, &file, "how members answer; nobody does without",
		    "FILE" },
		{ "maildir", 0, 0, G_OPTION_ARG_FILENAME, &maildir, "every letter into this Maildir", "DIR" },
		{ "csv", 0, 0, G_OPTION_ARG_NONE, &t.csv, "as CSV, a line for each day", NULL }, { 0 } };
	RnAnswers answers;
	RnSimulation sim = { .answers = &answers, .stop = &stop, .show = show, .data = &t };
	g_autoptr(GError) error = NULL;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc != 1) {
		fprintf(stderr, "rinnova: simulate: \"%s\" is not understood\n", argv[1]);
		return RN_EXIT_USAGE;
	}
	if (!read_days(from, to, &t))
		return RN_EXIT_USAGE;
	rn_answers_none(&answers);
	if (file != NULL && !rn_answers_read(file, &answers, &error))
		return rn_complain("simulate", error);
	sim.from = t.from;
	sim.to = t.to;
	sim.maildir = maildir;
	catch_signals();
	print_head(&t);
	if (!rn_simulate(config, &sim, &error))
		return rn_complain("simulate", error);
	print_sum(&t);
	return RN_EXIT_OK;
}
