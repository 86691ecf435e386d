#include "net/mailq.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "net/output.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

void
rn_queued_free(RnQueued *q)
{
	if (q == NULL)
		return;
	g_free(q->sender);
	g_ptr_array_unref(q->rcpts);
	g_free(q);
}

static void
free_queued(gpointer q)
{
	rn_queued_free(q);
}

static RnQueued *
queued(gint64 arrived, const char *sender)
{
	RnQueued *q = g_new0(RnQueued, 1);

	q->arrived = arrived;
	q->sender = rn_addr_fold(sender);
	q->rcpts = g_ptr_array_new_with_free_func(g_free);
	return q;
}

/* One line of postqueue -j; NULL if it is none. */
static RnQueued *
postfix_line(const char *line)
{
	g_autoptr(json_t) j = json_loads(line, 0, NULL);
	const char *sender = json_string_value(json_object_get(j, "sender"));
	json_t *rcpts = json_object_get(j, "recipients"), *arrival = json_object_get(j, "arrival_time");
	g_autoptr(RnQueued) q = NULL;

	if (sender == NULL || !json_is_array(rcpts) || !json_is_integer(arrival))
		return NULL;
	q = queued(json_integer_value(arrival), sender);
	for (size_t i = 0; i < json_array_size(rcpts); i++) {
		const char *to = json_string_value(json_object_get(json_array_get(rcpts, i), "address"));

		if (to == NULL)
			return NULL;
		g_ptr_array_add(q->rcpts, rn_addr_fold(to));
	}
	return g_steal_pointer(&q);
}

GPtrArray *
rn_mailq_postfix(const char *text, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_queued);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		RnQueued *q;

		if (*g_strstrip(lines[i]) == '\0')
			continue;
		q = postfix_line(lines[i]);
		if (q == NULL) {
			g_set_error(error, RN_ERROR, RN_ERR_INPUT,
			    "line %u of postqueue -j is not as expected", i + 1);
			return NULL;
		}
		g_ptr_array_add(list, q);
	}
	return g_steal_pointer(&list);
}

/* The last word of LINE that is an address, without <>; NULL if it has none. *CUT: it began with < and has no
 * end: without -v mailq prints the first 38 characters, so that of our addresses the token's end is missing.
 */
static char *
last_address(const char *line, gboolean *cut)
{
	const char *open = strrchr(line, '<'), *at = strrchr(line, '@'), *start = at, *end = at;

	*cut |= open != NULL && strchr(open, '>') == NULL;
	if (at == NULL)
		return NULL;
	while (start > line && !g_ascii_isspace(start[-1]) && start[-1] != '<')
		start--;
	while (*end != '\0' && !g_ascii_isspace(*end) && *end != '>')
		end++;
	return g_strndup(start, (gsize)(end - start));
}

/* A mail begins with its id in the first column and its sender behind; lines that are indented are its
 * recipients, and from a bracket on the reason of the delay. */
GPtrArray *
rn_mailq_sendmail(const char *text, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_queued);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	RnQueued *now = NULL;
	gboolean cut = FALSE;

	if (text[strspn(text, " \t\r\n")] == '\0') {
		g_set_error_literal(
		    error, RN_ERROR, RN_ERR_INPUT, "mailq printed nothing, not even that the queue is empty");
		return NULL;
	}
	for (guint i = 0; lines[i] != NULL && !cut; i++) {
		char *reason = strstr(lines[i], " (");
		g_autofree char *address = NULL;

		if (reason != NULL)
			*reason = '\0';
		address = last_address(lines[i], &cut);
		if (g_ascii_isalnum(lines[i][0])) {
			now = queued(0, address != NULL ? address : "");
			g_ptr_array_add(list, now);
		} else if (now != NULL && address != NULL && g_ascii_isspace(lines[i][0]))
			g_ptr_array_add(now->rcpts, rn_addr_fold(address));
	}
	if (cut) {
		g_set_error_literal(error, RN_ERROR, RN_ERR_INPUT, "mailq -v cuts addresses short");
		return NULL;
	}
	return g_steal_pointer(&list);
}

GPtrArray *
rn_mailq_read(const RnSite *site, GError **error)
{
	gboolean postfix = site->mail_queue == RN_QUEUE_POSTFIX, place = *site->mail_queue_config != '\0';
	const char *program = *site->mail_queue_command != '\0' ? site->mail_queue_command :
	    postfix                                             ? "/usr/sbin/postqueue" :
	                                                          "/usr/bin/mailq";
	const char *for_postfix[] = { program, "-j", place ? "-c" : NULL, site->mail_queue_config, NULL };
	const char *for_sendmail[] = { program, "-v", NULL };
	g_autofree char *text = NULL;
	g_autoptr(GError) why = NULL;
	GPtrArray *list;

	if (site->mail_queue == RN_QUEUE_NONE)
		return g_ptr_array_new_with_free_func(free_queued);
	text = rn_output_of(postfix ? for_postfix : for_sendmail, "", NULL, &why);
	list = text == NULL ? NULL : postfix ? rn_mailq_postfix(text, &why) : rn_mailq_sendmail(text, &why);
	if (list == NULL)
		g_set_error(
		    error, RN_ERROR, RN_ERR_BUSY, "the mail queue could not be read: %s", why->message);
	return list;
}
