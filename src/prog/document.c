#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/world.h"
#include "core/documents.h"
#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 500

/* What the command line says. */
typedef struct {
	const char	*verb;
	gint64		 id;
	gboolean	 json;
	char		*reason, *output;
} Order;

static json_t *
nullable(const char *s)
{
	return s != NULL ? json_string(s) : json_null();
}

static json_t *
as_json(const RnDocument *doc, const RnBox *box)
{
	return json_pack("{s:I, s:o, s:s, s:s, s:o, s:s, s:I, s:I, s:I, s:o}", "id", (json_int_t)doc->id,
	    "box", nullable(box != NULL ? box->name : NULL), "state", doc->state, "kind", doc->kind, "name",
	    nullable(doc->name), "sha256", doc->sha256, "size", (json_int_t)doc->size, "mail",
	    (json_int_t)doc->inbox_id, "at", (json_int_t)doc->at, "reason", nullable(doc->reason));
}

static gboolean
print_line(RnTx *tx, const RnDocument *doc, gboolean json, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	g_autofree char *name = rn_log_quote(doc->name != NULL ? doc->name : "");

	if (!rn_store_box_get(tx, doc->box_id, &box, error))
		return FALSE;
	if (json)
		rn_show_json(as_json(doc, box));
	else
		printf("%-6" G_GINT64_FORMAT " %-9s %-40s %s %" G_GINT64_FORMAT " bytes %s\n", doc->id,
		    doc->state, box != NULL ? box->name : "-", doc->kind, doc->size, name);
	return TRUE;
}

static gboolean
list(RnEngine *e, const Order *o, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	gint64 after = 0;

	while (tx != NULL) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_documents(tx, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++)
			if (!print_line(tx, g_ptr_array_index(rows, i), o->json, error))
				return FALSE;
		after = ((const RnDocument *)g_ptr_array_index(rows, rows->len - 1))->id;
	}
	return FALSE;
}

/* Readable by its owner only; nothing that is there already is written over. */
static gboolean
write_file(const char *path, GBytes *data, GError **error)
{
	gsize len, done = 0;
	const char *bytes = g_bytes_get_data(data, &len);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n = 0;

	while (fd >= 0 && done < len && ((n = write(fd, bytes + done, len - done)) > 0 || errno == EINTR))
		done += n > 0 ? (gsize)n : 0;
	if (fd < 0 || done < len || close(fd) != 0) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT, "%s: %s", path, g_strerror(errno));
		return FALSE;
	}
	return TRUE;
}

/* The bytes of document O->id into O->output. */
static gboolean
put_out(RnTx *tx, const Order *o, GError **error)
{
	g_autoptr(GBytes) data = NULL;

	if (!rn_store_document_data(tx, o->id, &data, error))
		return FALSE;
	if (data != NULL)
		return write_file(o->output, data, error);
	g_set_error(error, RN_ERROR, RN_ERR_STATE,
	    "document %" G_GINT64_FORMAT " was removed when its time was over (`rinnova prune`)", o->id);
	return FALSE;
}

static gboolean
show(RnEngine *e, const Order *o, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(RnDocument) doc = NULL;
	g_autoptr(RnBox) box = NULL;

	if (tx == NULL || !rn_store_document_get(tx, o->id, &doc, error))
		return FALSE;
	if (doc == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no document %" G_GINT64_FORMAT "; `rinnova document list` shows all", o->id);
		return FALSE;
	}
	if (!rn_store_box_get(tx, doc->box_id, &box, error) || (o->output != NULL && !put_out(tx, o, error)))
		return FALSE;
	if (o->json)
		rn_show_json(as_json(doc, box));
	else
		rn_show_words(as_json(doc, box), e->settings->tz);
	return TRUE;
}

static gboolean
word(RnEngine *e, const Order *o, GError **error)
{
	gboolean accept = strcmp(o->verb, "accept") == 0;
	g_autofree char *who = rn_show_admin();
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	RnDesk d = { .e = e,
		.tx = tx,
		.now = rn_now(),
		.who = who,
		.why = accept ? "document accept" : "document refuse" };

	if (tx == NULL ||
	    !(accept ? rn_document_accept(&d, o->id, error) :
	               rn_document_refuse(&d, o->id, o->reason, error)) ||
	    !rn_tx_commit(&tx, error))
		return FALSE;
	printf("%" G_GINT64_FORMAT " %s\n", o->id, accept ? "accepted" : "refused");
	return TRUE;
}

/* The verb and what it needs; FALSE after saying what is missing. */
static gboolean
read_line(int argc, char **argv, Order *o)
{
	static const char *const verbs[] = { "list", "show", "accept", "refuse", NULL };

	o->verb = argc > 1 ? argv[1] : "";
	if (g_strv_contains(verbs, o->verb) && argc == (strcmp(o->verb, "list") == 0 ? 2 : 3) &&
	    (argc == 2 || g_ascii_string_to_signed(argv[2], 10, 1, G_MAXINT64, &o->id, NULL)) &&
	    (strcmp(o->verb, "refuse") != 0 || (o->reason != NULL && *o->reason != '\0')))
		return TRUE;
	fputs(
	    "rinnova: document: say list, show ID [--output FILE], accept ID, or refuse ID --reason TEXT (the member reads it)\n",
	    stderr);
	return FALSE;
}

int
rn_cmd_document(int argc, char **argv)
{
	g_autofree char *config = NULL, *reason = NULL, *output = NULL;
	Order o = { 0 };
	GOptionEntry options[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "one JSON object a line", NULL },
		{ "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "with refuse: why, in words for the member", "TEXT" },
		{ "output", 0, 0, G_OPTION_ARG_FILENAME, &output, "with show: write the document there", "FILE" },
		{ 0 },
	};
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	gboolean reads, ok;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	o.reason = reason;
	o.output = output;
	if (!read_line(argc, argv, &o))
		return RN_EXIT_USAGE;
	reads = argv[1][0] == 'l' || argv[1][0] == 's';
	e = rn_show_open("document", config,
	    RN_NEED_SETTINGS | RN_NEED_STORE | (reads ? RN_NEED_READ_ONLY : RN_NEED_KEYS | RN_NEED_LETTERS),
	    &code);
	if (e == NULL)
		return code;
	ok = strcmp(o.verb, "list") == 0 ? list(e, &o, &error) :
	    strcmp(o.verb, "show") == 0  ? show(e, &o, &error) :
	                                   word(e, &o, &error);
	return ok ? RN_EXIT_OK : rn_complain("document", error);
}
