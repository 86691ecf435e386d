/* letter_check.c: what must not get into a letter, and what must not come out. */
#include <string.h>

#include "base/text.h"
#include "mail/letter_inside.h"

#define MAX_HEADER_LINE 998	/* RFC 5322 2.1.1 */
#define MAX_NAME 100		/* characters of an enclosure's name */

static gboolean
refuse(GError **error, const char *what, const char *why)
{
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "letter: %s %s", what, why);
	return FALSE;
}

/* A text that may stand in a header: no control character can start a field of its own (CWE-93). */
static gboolean
check_text(const char *what, const char *text, GError **error)
{
	if (text == NULL)
		return TRUE;
	if (!g_utf8_validate(text, -1, NULL))
		return refuse(error, what, "is not UTF-8");
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029)
			return refuse(error, what, "holds a control character");
	}
	return TRUE;
}

static gboolean
check_addr(const char *what, const char *addr, GError **error)
{
	return (addr != NULL && rn_addr_valid(addr)) || refuse(error, what, "is no plain mail address");
}

/* One word of visible ASCII out of which nothing can break; MARKS are the ones beside letters and digits that
 * are allowed, NULL for all but '<' and '>'. */
static gboolean
check_word(const char *what, const char *word, const char *marks, GError **error)
{
	gsize len = word != NULL ? strlen(word) : 0;

	if (len == 0 || len > 250)
		return refuse(error, what, "is missing or longer than 250 characters");
	for (; *word != '\0'; word++)
		if (!g_ascii_isalnum(*word) &&
		    (marks != NULL ? strchr(marks, *word) == NULL :
		                     !g_ascii_isgraph(*word) || *word == '<' || *word == '>'))
			return refuse(error, what, "holds a character that is not allowed there");
	return TRUE;
}

static gboolean
check_ascii(const char *what, const char *text, GError **error)
{
	if (text != NULL && !g_str_is_ascii(text))
		return refuse(error, what, "is not ASCII");
	return check_text(what, text, error);
}

static gboolean
check_enclosure(const RnEnclosure *e, GError **error)
{
	if (!check_text("name of an enclosure", e->name, error) ||
	    !check_word("type of an enclosure", e->type, "/.+-", error))
		return FALSE;
	if (e->name == NULL || *e->name == '\0' || g_utf8_strlen(e->name, -1) > MAX_NAME)
		return refuse(error, "name of an enclosure", "is missing or longer than 100 characters");
	if (strchr(e->type, '/') == NULL || e->data == NULL)
		return refuse(error, "enclosure", "has no type such as \"application/pdf\", or no data");
	return TRUE;
}

static gboolean
check_enclosures(const RnDraft *d, GError **error)
{
	for (guint i = 0; i < d->n_enclosures; i++)
		if (!check_enclosure(&d->enclosures[i], error))
			return FALSE;
	return d->logo == NULL || check_enclosure(d->logo, error);
}

gboolean
rn_letter_check(const RnDraft *d, GError **error)
{
	if (!check_addr("From", d->from, error) || !check_addr("To", d->to, error) ||
	    (d->reply_to != NULL && !check_addr("Reply-To", d->reply_to, error)))
		return FALSE;
	if (!check_text("name in From", d->from_name, error) ||
	    !check_text("name in To", d->to_name, error) || !check_text("Subject", d->subject, error) ||
	    !check_ascii("References", d->references, error))
		return FALSE;
	if (!check_word("Message-ID", d->message_id, NULL, error) ||
	    (d->in_reply_to != NULL && !check_word("In-Reply-To", d->in_reply_to, NULL, error)) ||
	    !check_word("Auto-Submitted", d->auto_submitted, "-", error) ||
	    !check_word("Content-Language", d->language, "-", error))
		return FALSE;
	if (strchr(d->message_id, '@') == NULL)
		return refuse(error, "Message-ID", "has no '@'");
	if (d->body == NULL || !g_utf8_validate(d->body, -1, NULL))
		return refuse(error, "body", "is missing or not UTF-8");
	if (d->html != NULL && !g_utf8_validate(d->html, -1, NULL))
		return refuse(error, "HTML", "is not UTF-8");
	return check_enclosures(d, error);
}

gboolean
rn_letter_check_bytes(const guint8 *data, gsize len, GError **error)
{
	gsize line = 0;
	gboolean head = TRUE;

	for (gsize i = 0; i < len; i++) {
		if (data[i] > 126 || data[i] == 0 || (data[i] == '\n') != (i > 0 && data[i - 1] == '\r'))
			return refuse(error, "message", "is not plain 7-bit text with CRLF (a bug)");
		if (data[i] != '\n')
			line++;
		else if (head && line - 1 > MAX_HEADER_LINE)
			return refuse(error, "header", "has a line of more than 998 characters");
		else {
			head = head && line > 1;
			line = 0;
		}
	}
	return TRUE;
}
