/* dkim.c: the tags of a DKIM-Signature that say what is signed. */
#include "mail/dkim.h"

#include <string.h>

/* The three tags that matter here. */
typedef struct {
	char		*d, *h;
	gboolean	 length, twice;
} Tags;

static void
keep(Tags *tags, char **to, const char *value)
{
	tags->twice |= *to != NULL;
	g_free(*to);
	*to = g_strdup(value);
}

/* White space may stand anywhere around a tag's name, value and the names in h=. */
static void
read_tags(const RnField *field, Tags *tags)
{
	g_autofree char *text = rn_field_text(field);
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);

	for (guint i = 0; parts[i] != NULL; i++) {
		char *equal = strchr(parts[i], '=');

		if (equal == NULL)
			continue;
		*equal = '\0';
		g_strstrip(parts[i]);
		g_strstrip(equal + 1);
		if (strcmp(parts[i], "d") == 0)
			keep(tags, &tags->d, equal + 1);
		else if (strcmp(parts[i], "h") == 0)
			keep(tags, &tags->h, equal + 1);
		else if (strcmp(parts[i], "l") == 0)
			tags->length = TRUE;
	}
}

static gboolean
lists_from(const char *names)
{
	g_auto(GStrv) list = g_strsplit(names != NULL ? names : "", ":", -1);

	for (guint i = 0; list[i] != NULL; i++)
		if (g_ascii_strcasecmp(g_strstrip(list[i]), "from") == 0)
			return TRUE;
	return FALSE;
}

/* Where a mail server reports the identity of a signature (i=), that may be below the domain of its d=. */
static gboolean
is_by(const char *d, const char *domain)
{
	gsize len = strlen(d), all = strlen(domain);

	return all >= len && g_ascii_strcasecmp(domain + all - len, d) == 0 &&
	    (all == len || domain[all - len - 1] == '.');
}

gboolean
rn_dkim_whole(const RnHead *head, const char *domain)
{
	const RnField *field;
	gboolean whole = TRUE;

	for (guint i = 0; (field = rn_head_find(head, "DKIM-Signature", i)) != NULL; i++) {
		Tags tags = { 0 };

		read_tags(field, &tags);
		if (tags.d != NULL && (tags.twice || is_by(tags.d, domain)))
			whole &= !tags.length && !tags.twice && lists_from(tags.h);
		g_free(tags.d);
		g_free(tags.h);
	}
	return whole;
}
