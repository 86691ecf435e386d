#include "mail/read.h"

#include <libxml/parser.h>
#include <string.h>

#include "mail/attach.h"
#include "mail/charset.h"
#include "mail/fold.h"
#include "mail/intent_parts.h"
#include "mail/machine_subject.h"
#include "mail/parts.h"
#include "mail/typed.h"

#define MAX_TYPED (48 * 1024)	/* nobody says yes in more */
#define MAX_SUBJECT 900

void
rn_read_init(void)
{
	g_mime_init();
	xmlInitParser();
	rn_charset_init();
}

/* The token that our letters fence into their body ("[codice: xxxxx-xxxxx-...]"), however a program has
 * wrapped or quoted it. */
static char *
body_token(const char *text)
{
	g_autofree char *low = g_ascii_strdown(text, -1);

	for (const char *p = strstr(low, "[codice:"); p != NULL; p = strstr(p + 1, "[codice:")) {
		g_autoptr(GString) token = g_string_new(NULL);

		for (const char *c = p + 8; *c != '\0' && *c != ']' && c < p + 200; c++) {
			if (g_ascii_isalnum(*c))
				g_string_append_c(token, *c);
		}
		if (token->len == RN_TOKEN_CHARS)
			return g_strdup(token->str);
	}
	return NULL;
}

/* The first Subject, decoded (RFC 2047), one line. */
static char *
subject_of(const RnHead *head)
{
	g_autofree char *raw = rn_head_text(head, "Subject");
	g_autofree char *text = raw != NULL ? g_mime_utils_header_decode_text(NULL, raw) : NULL;
	g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
	GString *out = g_string_new(NULL);

	for (const char *p = valid; *p != '\0' && out->len < MAX_SUBJECT; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_iscntrl(c) || g_unichar_isspace(c)) {
			if (out->len > 0 && out->str[out->len - 1] != ' ')
				g_string_append_c(out, ' ');
		} else
			g_string_append_unichar(out, c);
	}
	return g_strstrip(g_string_free(out, FALSE));
}

/* The text of the letter that is being answered: of a whole message, or as it is. NULL if there is none. */
static char *
letter_text(GBytes *letter, const RnLimits *limits)
{
	g_autoptr(RnHead) head = NULL;
	g_autoptr(RnParts) parts = NULL;
	gboolean odd = FALSE;
	const char *data;
	gsize len;

	if (letter == NULL || (data = g_bytes_get_data(letter, &len)) == NULL)
		return NULL;
	head = rn_head_scan(letter, limits, NULL);
	if (head != NULL && (rn_head_count(head, "From") > 0 || rn_head_count(head, "Content-Type") > 0))
		parts = rn_parts_read(letter, NULL);
	if (parts != NULL && *parts->text != '\0')
		return g_strdup(parts->text);
	return rn_charset_decode(data, len, "utf-8", &odd);
}

/* Nothing in TEXT can be seen. */
static gboolean
is_blank(const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		if (!g_unichar_isspace(c) && !rn_fold_invisible(c) && c >= 0x20)
			return FALSE;
	}
	return TRUE;
}

/* An answer in the subject counts only beside a wholly empty body, and only as a bare command: "Re: ..." has
 * other words. */
static gboolean
read_subject(RnFacts *f)
{
	const char *rule;
	g_autofree char *matched = NULL, *accepts = NULL;
	RnIntent says = rn_intent_read(f->subject, FALSE, &matched, &rule, &accepts);

	if (says < RN_INTENT_RENEW || says == RN_INTENT_YES || strchr(f->subject, ':') != NULL)
		return FALSE;
	f->typed_text = g_strdup(f->subject);
	f->intent = says;
	f->intent_rule = g_strdup("subject-only");
	f->matched = g_steal_pointer(&matched);
	f->accepts = g_steal_pointer(&accepts);
	return TRUE;
}

static void
read_body(RnFacts *f, const RnParts *parts, const char *letter)
{
	gboolean mixed = FALSE;
	const char *rule;

	if (is_blank(parts->text) && read_subject(f))
		return;
	f->typed_text = rn_typed_text(parts->text, letter, &mixed);
	if (strlen(f->typed_text) > MAX_TYPED) {
		*g_utf8_find_prev_char(f->typed_text, f->typed_text + MAX_TYPED) = '\0';
		mixed = TRUE;
	}
	f->intent = rn_intent_read(f->typed_text, mixed, &f->matched, &rule, &f->accepts);
	f->intent_rule = g_strdup(rule);
	f->numbers = rn_intent_rows(f->typed_text, mixed);
}

/* A machine says nothing, whatever its text looks like (law 4). */
static void
silence(RnFacts *f)
{
	f->intent = RN_INTENT_UNCLEAR;
	g_free(f->intent_rule);
	f->intent_rule = g_strdup("machine-mail");
	g_clear_pointer(&f->matched, g_free);
	g_free(f->accepts);
	f->accepts = g_strdup("");
	g_clear_pointer(&f->numbers, g_free);
}

/* Is there any word of a decision in the typed text? "Sono in ferie ma rinnovate pure" is no autoresponder.
 */
static gboolean
says_anything(const RnFacts *f)
{
	return f->intent != RN_INTENT_UNCLEAR || (f->intent_rule != NULL && rn_intent_decides(f->typed_text));
}

static void
read_class(RnFacts *f, const RnHead *head, const RnEnvelope *env, const RnParts *parts)
{
	g_autofree char *why = NULL;

	f->class_ = rn_machine_class(head, f->subject, env != NULL ? env->sender : NULL, &why);
	if (f->class_ == RN_CLASS_HUMAN && parts->calendar_reply) {
		f->class_ = RN_CLASS_CALENDAR;
		g_free(why);
		why = g_strdup("a calendar answer is inside");
	}
	if (f->class_ == RN_CLASS_HUMAN && !says_anything(f) && rn_body_automatic(f->typed_text)) {
		f->class_ = RN_CLASS_AUTO;
		g_free(why);
		why = g_strdup("the text is that of an autoresponder");
	}
	g_free(f->class_why);
	f->class_why = g_utf8_make_valid(why, -1);
}

RnFacts *
rn_facts_parse(GBytes *raw, const RnEnvelope *env, GBytes *letter, const RnLimits *limits, GError **error)
{
	g_autoptr(RnHead) head = rn_head_scan(raw, limits, error);
	g_autoptr(RnFacts) f = NULL;
	g_autoptr(RnParts) parts = NULL;
	g_autofree char *known = NULL;

	if (head == NULL || (parts = rn_parts_read(raw, error)) == NULL)
		return NULL;
	f = rn_facts_new();
	g_free(f->subject);
	f->subject = subject_of(head);
	known = letter_text(letter, limits);
	read_body(f, parts, known);
	read_class(f, head, env, parts);
	if (f->class_ != RN_CLASS_HUMAN)
		silence(f);
	f->body_token = body_token(parts->text);
	f->charset_odd = parts->charset_odd;
	if (f->attachments == NULL)
		f->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)rn_attachment_free);
	rn_parts_attachments(parts, f->attachments);
	return g_steal_pointer(&f);
}

GBytes *
rn_read_part(GBytes *raw, guint index, gsize max, GError **error)
{
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, error);
	g_autoptr(RnParts) parts = head != NULL ? rn_parts_read(raw, error) : NULL;
	g_autoptr(GBytes) data = NULL;

	if (parts == NULL)
		return NULL;
	if (index >= parts->leaves->len ||
	    (data = rn_leaf_data(&g_array_index(parts->leaves, RnLeaf, index))) == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND, "the message has no readable part %u", index);
		return NULL;
	}
	if (g_bytes_get_size(data) > max) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
		    "part %u has %" G_GSIZE_FORMAT " bytes, over the limit of %" G_GSIZE_FORMAT, index,
		    g_bytes_get_size(data), max);
		return NULL;
	}
	return g_steal_pointer(&data);
}
