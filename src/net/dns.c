#include "net/dns.h"

#include <gio/gio.h>
#include <string.h>

static void
note_answer(GObject *source, GAsyncResult *result, gpointer data)
{
	GAsyncResult **to = data;

	(void)source;
	*to = g_object_ref(result);
}

static gboolean
give_up(gpointer data)
{
	g_cancellable_cancel(data);
	return G_SOURCE_REMOVE;
}

/* The parts of a record one behind the other. */
static char *
joined(GVariant *record)
{
	g_autofree const char **parts = NULL;

	g_variant_get(record, "(^a&s)", &parts);
	return g_strjoinv("", (char **)parts);
}

static char *
pick(GList *records, const char *prefix)
{
	for (GList *l = records; l != NULL; l = l->next) {
		g_autofree char *text = joined(l->data);

		if (g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0)
			return g_steal_pointer(&text);
	}
	return NULL;
}

/* Waits for the answer in a context of its own, so that nobody else's events are served here. */
static GList *
look_up(const char *name, guint ms, GError **error)
{
	g_autoptr(GMainContext) context = g_main_context_new();
	g_autoptr(GResolver) resolver = g_resolver_get_default();
	g_autoptr(GCancellable) stop = g_cancellable_new();
	g_autoptr(GSource) timer = g_timeout_source_new(ms);
	g_autoptr(GAsyncResult) result = NULL;

	g_main_context_push_thread_default(context);
	g_source_set_callback(timer, give_up, stop, NULL);
	g_source_attach(timer, context);
	g_resolver_lookup_records_async(resolver, name, G_RESOLVER_RECORD_TXT, stop, note_answer, &result);
	while (result == NULL)
		g_main_context_iteration(context, TRUE);
	g_source_destroy(timer);
	g_main_context_pop_thread_default(context);
	return g_resolver_lookup_records_finish(resolver, result, error);
}

static void
free_record(gpointer record)
{
	g_variant_unref(record);
}

RnDnsEnd
rn_dns_txt(const char *name, const char *prefix, guint ms, char **text)
{
	g_autoptr(GError) error = NULL;
	GList *records = look_up(name, ms, &error);

	*text = pick(records, prefix);
	g_list_free_full(records, free_record);
	if (*text != NULL)
		return RN_DNS_FOUND;
	return error == NULL || g_error_matches(error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) ?
	    RN_DNS_NONE :
	    RN_DNS_UNKNOWN;
}
