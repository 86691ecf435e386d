#include "core/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/latency.h"
#include "core/restored.h"

/* Counts by up to three labels; LABEL NULL ends them. */
typedef struct {
	RnCount		 what;
	const char	*name, *type, *help;
	const char	*label[3];
} Family;

/* clang-format off */
static const Family families[] = {
	{ RN_COUNT_BOXES, "rinnova_boxes", "gauge", "Boxes by convention and state.",
	    { "convention", "state" } },
	{ RN_COUNT_ORDERS, "rinnova_orders", "gauge", "Renewal orders by convention and state.",
	    { "convention", "state" } },
	{ RN_COUNT_LETTERS, "rinnova_letters", "gauge", "Letters in the store by kind and state.",
	    { "kind", "state" } },
	{ RN_COUNT_RETURNED, "rinnova_letters_returned", "gauge", "Letters about which something came back.",
	    { "state" } },
	{ RN_COUNT_REPLIES, "rinnova_replies", "gauge", "Mail in the store by the rule that decided.",
	    { "rule", "action" } },
	{ RN_COUNT_HELD, "rinnova_held", "gauge", "Mail that waits for a person, by the rule that holds it.",
	    { "rule" } },
	{ RN_COUNT_CALLS, "rinnova_provider_calls", "gauge",
	    "Calls of providers by convention, kind and state.",
	    { "convention", "kind", "state" } },
	{ RN_COUNT_CALL_ERRORS, "rinnova_provider_errors_total", "counter",
	    "Tries of provider calls that did not end well.",
	    { "convention", "kind" } },
};

static const struct {
	RnOldest	 what;
	const char	*name, *help;
} oldest[] = {
	{ RN_OLDEST_LETTER, "rinnova_letter_oldest_unsent_timestamp_seconds",
	    "When the oldest letter that has not left was written; absent where none waits." },
	{ RN_OLDEST_CALL, "rinnova_provider_call_oldest_unmade_timestamp_seconds",
	    "When the oldest provider call that has not ended was written; absent where none." },
	{ RN_OLDEST_HELD, "rinnova_held_oldest_timestamp_seconds",
	    "When the oldest mail that no person has read yet was taken; absent where none waits." },
};
/* clang-format on */

static const char *const run_names[RN_RUN_N] = { "notify", "expire", "prune", "courier" };

static char *
run_key(RnRun run)
{
	return g_strconcat("run/", run_names[run], NULL);
}

gboolean
rn_run_note(RnStore *store, RnRun run, gint64 now, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(store, error);
	g_autofree char *key = run_key(run);
	g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, now);

	return tx != NULL && rn_store_meta_put(tx, key, value, error) && rn_tx_commit(&tx, error);
}

gboolean
rn_run_last(RnTx *tx, RnRun run, gint64 *at, GError **error)
{
	g_autofree char *key = run_key(run);
	g_autofree char *value = NULL;

	*at = 0;
	if (!rn_store_meta_get(tx, key, &value, error))
		return FALSE;
	if (value != NULL)
		*at = g_ascii_strtoll(value, NULL, 10);
	return TRUE;
}

static void
head(GString *out, const char *name, const char *type, const char *help)
{
	g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
plain(GString *out, const char *name, const char *help, gint64 value)
{
	head(out, name, "gauge", help);
	g_string_append_printf(out, "%s %" G_GINT64_FORMAT "\n", name, value);
}

/* A label's value: backslash, quote and line end are escaped. */
static void
append_label(GString *out, const char *name, const char *value, gboolean first)
{
	g_string_append_printf(out, "%s%s=\"", first ? "{" : ",", name);
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\\' || *p == '"')
			g_string_append_c(out, '\\');
		if (*p == '\n')
			g_string_append(out, "\\n");
		else
			g_string_append_c(out, *p);
	}
	g_string_append_c(out, '"');
}

static gboolean
family(GString *out, RnTx *tx, const Family *f, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL;

	if (!rn_store_count(tx, f->what, &rows, error))
		return FALSE;
	head(out, f->name, f->type, f->help);
	for (guint i = 0; i < rows->len; i++) {
		const RnCountRow *row = g_ptr_array_index(rows, i);

		g_string_append(out, f->name);
		for (guint k = 0; k < G_N_ELEMENTS(f->label) && f->label[k] != NULL; k++)
			append_label(out, f->label[k], row->label[k], k == 0);
		g_string_append_printf(out, "} %" G_GINT64_FORMAT "\n", row->n);
	}
	return TRUE;
}

static gboolean
latency(GString *out, RnTx *tx, GError **error)
{
	static const char name[] = "rinnova_commit_duration_seconds";
	RnLatency l;
	guint64 n = 0;
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	if (!rn_latency_get(tx, &l, error))
		return FALSE;
	head(out, name, "histogram",
	    "How long the commits of lmtpd took, their wait for other writers included.");
	for (guint i = 0; i < RN_LATENCY_BUCKETS; i++) {
		n += l.bucket[i];
		g_ascii_formatd(number, sizeof(number), "%g", (double)rn_latency_bound[i] / G_USEC_PER_SEC);
		g_string_append_printf(out, "%s_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n", name, number, n);
	}
	n += l.bucket[RN_LATENCY_BUCKETS];
	g_ascii_formatd(number, sizeof(number), "%.6f", (double)l.us / G_USEC_PER_SEC);
	g_string_append_printf(out,
	    "%s_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n%s_sum %s\n%s_count %" G_GUINT64_FORMAT "\n", name,
	    n, name, number, name, n);
	return TRUE;
}

static gboolean
runs(GString *out, RnTx *tx, GError **error)
{
	static const char name[] = "rinnova_last_run_timestamp_seconds";

	head(out, name, "gauge", "When the daily work came to its end last; absent where it never did.");
	for (int run = 0; run < RN_RUN_N; run++) {
		gint64 at;

		if (!rn_run_last(tx, (RnRun)run, &at, error))
			return FALSE;
		if (at != 0)
			g_string_append_printf(
			    out, "%s{job=\"%s\"} %" G_GINT64_FORMAT "\n", name, run_names[run], at);
	}
	return TRUE;
}

static gboolean
ages(GString *out, RnTx *tx, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(oldest); i++) {
		gint64 at;

		if (!rn_store_oldest(tx, oldest[i].what, &at, error))
			return FALSE;
		if (at != 0)
			plain(out, oldest[i].name, oldest[i].help, at);
	}
	return TRUE;
}

/* Sizes of the files, where the store is made of files. */
static void
sizes(GString *out, const char *url)
{
	g_autofree char *path = rn_store_path(url, NULL);
	g_autofree char *log = path != NULL ? g_strconcat(path, "-wal", NULL) : NULL;
	struct stat st;

	if (path != NULL && stat(path, &st) == 0)
		plain(out, "rinnova_store_size_bytes", "Size of the store's file.", st.st_size);
	if (log != NULL && stat(log, &st) == 0)
		plain(
		    out, "rinnova_store_log_size_bytes", "Size of the store's write-ahead log.", st.st_size);
}

char *
rn_metrics_text(RnEngine *e, const char *program, gint64 now, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(RnRestored) restored = NULL;
	g_autoptr(GString) out = g_string_new(NULL);

	if (tx == NULL || !rn_restored_get(tx, &restored, error))
		return NULL;
	head(out, "rinnova_build_info", "gauge", "Version of the program and schema of its store.");
	g_string_append_printf(
	    out, "rinnova_build_info{version=\"%s\",schema=\"%d\"} 1\n", program, rn_store_schema(e->store));
	plain(out, "rinnova_metrics_timestamp_seconds", "When these figures were taken.", now);
	plain(out, "rinnova_store_restored", "1 while a restored store waits to be resumed: nothing is sent.",
	    restored != NULL);
	sizes(out, e->settings->site.store);
	for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
		if (!family(out, tx, &families[i], error))
			return NULL;
	if (!ages(out, tx, error) || !runs(out, tx, error) || !latency(out, tx, error))
		return NULL;
	return g_string_free(g_steal_pointer(&out), FALSE);
}

gboolean
rn_metrics_write(const char *file, const char *text, GError **error)
{
	g_autofree char *work = g_strdup_printf("%s.%d.tmp", file, (int)getpid());
	int fd = open(work, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	gsize len = strlen(text);
	gboolean ok = fd >= 0 && fchmod(fd, 0644) == 0 && write(fd, text, len) == (ssize_t)len;

	ok = (fd < 0 || close(fd) == 0) && ok && rename(work, file) == 0;
	if (ok)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_BUSY, "cannot write %s: %s", file, g_strerror(errno));
	if (fd >= 0)
		unlink(work);
	return FALSE;
}
