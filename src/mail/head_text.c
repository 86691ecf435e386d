/* head_text.c: fields as text for those who need no structure. */
#include "mail/head.h"

#include <string.h>

#include "base/text.h"

char *
rn_field_text(const RnField *field)
{
	GString *text = g_string_sized_new(field->value_len);
	const char *end = field->value + field->value_len;

	for (const char *p = field->value; p < end; p++) {
		/* The scanner ends a field at the first line that is not folded: every line end in here is a
		 * fold. */
		if (*p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n'))
			continue;
		if (*p == '\0')
			g_string_append(text, "\xef\xbf\xbd");
		else
			g_string_append_c(text, *p);
	}
	return g_strstrip(g_string_free(text, FALSE));
}

char *
rn_head_text(const RnHead *head, const char *name)
{
	const RnField *field = rn_head_find(head, name, 0);

	return field != NULL ? rn_field_text(field) : NULL;
}

char *
rn_head_message_id(const RnHead *head)
{
	g_autofree char *text = NULL;
	char *open, *close, *to;

	text = rn_head_text(head, "Message-ID");
	if (text == NULL || rn_head_count(head, "Message-ID") > 1)
		return NULL;
	open = strchr(text, '<');
	close = open != NULL ? strchr(open, '>') : NULL;
	if (close != NULL) {
		*close = '\0';
		memmove(text, open + 1, (gsize)(close - open));
	}
	to = text;
	for (const char *from = text; *from != '\0'; from++)
		if (!g_ascii_isspace(*from))
			*to++ = *from;
	*to = '\0';
	return *text != '\0' ? rn_text_utf8(text, -1) : NULL;
}
