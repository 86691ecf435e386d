#include "mail/read.h"

#include <libxml/parser.h>
#include <string.h>

#include "mail/attach.h"
#include "mail/charset.h"
#include "mail/fold.h"
#include "mail/intent_parts.h"
#include "mail/machine_subject.h"
#include "mail/parts.h"
#include "mail/quoted.h"
#include "mail/report.h"
#include "mail/smime.h"
#include "mail/typed.h"

#define MAX_TYPED (48 * 1024)	/* nobody says yes in more */
#define MAX_SUBJECT 900

void
rn_read_init(void)
{
	rn_parts_start();
	xmlInitParser();
	rn_smime_init();
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

/* The charset of an encoded word (RFC 2047 2) of TEXT that is not at hand here; NULL if there is none. Caller
 * frees. */
static char *
missing_in(const char *text)
{
	for (const char *p = strstr(text, "=?"); p != NULL; p = strstr(p + 2, "=?")) {
		gsize len = strcspn(p + 2, "?* \t");

		if (p[2 + len] != '?' && p[2 + len] != '*')
			continue;
		if (!rn_charset_readable(p + 2, len)) {
			char *name = g_ascii_strdown(p + 2, (gssize)MIN(len, 40));

			return g_strcanon(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.:+", '?');
		}
	}
	return NULL;
}

/* The first field NAME, decoded (RFC 2047), one line. */
static char *
decoded(const RnHead *head, const char *name)
{
	g_autofree char *raw = rn_head_text(head, name);
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

/* An answer in the subject counts only beside a body in which nothing stands, but for what a mail program
 * signs with, and only as a bare command: "Re: ..." and "Rinnovo casella PEC" are no commands. */
static gboolean
read_subject(RnFacts *f)
{
	const char *rule;
	g_autofree char *matched = NULL, *accepts = NULL;
	RnIntent says = rn_intent_read(f->subject, FALSE, &matched, &rule, &accepts);

	if (f->charset_missing != NULL || says < RN_INTENT_RENEW || says == RN_INTENT_YES ||
	    strchr(f->subject, ':') != NULL || !rn_intent_bare(f->subject))
		return FALSE;
	g_free(f->typed_text);
	f->typed_text = g_strdup(f->subject);
	f->intent = says;
	f->intent_rule = g_strdup("subject-only");
	f->matched = g_steal_pointer(&matched);
	f->accepts = g_steal_pointer(&accepts);
	return TRUE;
}

static void
read_body(RnFacts *f, const RnHead *head, const RnParts *parts, const char *letter)
{
	g_autofree char *from = decoded(head, "From");
	gboolean mixed = FALSE;
	const char *rule;

	f->typed_text = rn_typed_text(parts->text, letter, from, &mixed);
	if (*f->typed_text == '\0' && !rn_typed_quotes(parts->text) && read_subject(f))
		return;
	if (strlen(f->typed_text) > MAX_TYPED) {
		*g_utf8_find_prev_char(f->typed_text, f->typed_text + MAX_TYPED) = '\0';
		mixed = TRUE;
	}
	f->intent = rn_intent_answer(f->typed_text, mixed, letter, &f->matched, &rule, &f->accepts);
	f->intent_rule = g_strdup(rule);
	f->numbers = rn_intent_rows(f->typed_text, mixed);
}

/* Whatever the text looks like, by RULE it says nothing (law 4). */
static void
silence(RnFacts *f, const char *rule)
{
	f->intent = RN_INTENT_UNCLEAR;
	g_free(f->intent_rule);
	f->intent_rule = g_strdup(rule);
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
	g_autofree char *known = NULL, *raw_subject = NULL;

	if (head == NULL || (parts = rn_parts_read(raw, error)) == NULL)
		return NULL;
	f = rn_facts_new();
	g_free(f->subject);
	f->subject = decoded(head, "Subject");
	f->charset_missing = g_strdup(parts->charset_missing);
	if (f->charset_missing == NULL && (raw_subject = rn_head_text(head, "Subject")) != NULL)
		f->charset_missing = missing_in(raw_subject);
	known = rn_quoted_text(letter, limits);
	read_body(f, head, parts, known);
	read_class(f, head, env, parts);
	if (f->class_ == RN_CLASS_BOUNCE)
		rn_report_read(parts, f);
	if (f->class_ == RN_CLASS_AUTO)
		f->report.back_on = rn_absence_day(f->typed_text);
	if (f->class_ != RN_CLASS_HUMAN)
		silence(f, "machine-mail");
	else if (parts->charset_missing != NULL && f->intent > RN_INTENT_QUESTION)
		silence(f, "charset-missing");
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
	if (index >= parts->leaves->len) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND, "the message has no part %u", index);
		return NULL;
	}
	if ((data = rn_leaf_data(&g_array_index(parts->leaves, RnLeaf, index))) == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT, "part %u of the message cannot be read", index);
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
