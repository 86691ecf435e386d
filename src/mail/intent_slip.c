/* One slip of the finger in a one-word answer: RINOVA, ACETTO, RINNNOVA. */
#include "mail/vocabulary.h"

#include <string.h>

/* Are A and B one insertion, deletion, change or swap apart? ASCII words. */
static gboolean
one_apart(const char *a, const char *b)
{
	gsize la = strlen(a), lb = strlen(b), i = 0;

	if (la > lb)
		return one_apart(b, a);
	if (lb - la > 1)
		return FALSE;
	while (i < la && a[i] == b[i])
		i++;
	if (la < lb)
		return strcmp(a + i, b + i + 1) == 0;
	if (i == la)
		return FALSE;
	return strcmp(a + i + 1, b + i + 1) == 0 ||
	    (a[i] == b[i + 1] && a[i + 1] == b[i] && a[i + 1] != '\0' && strcmp(a + i + 2, b + i + 2) == 0);
}

const char *
rn_say_slip(const char *word)
{
	const char *const *commands = rn_vocabulary_slips(TRUE);
	const char *found = NULL;

	if (!g_str_is_ascii(word) || strlen(word) < 5 || g_strv_contains(rn_vocabulary_slips(FALSE), word))
		return NULL;
	for (guint i = 0; commands[i] != NULL; i++) {
		if (!one_apart(word, commands[i]))
			continue;
		/* between rinnova and rinnovo it does not matter which */
		if (found == NULL || strncmp(found, commands[i], 5) == 0)
			found = commands[i];
		else
			return NULL;
	}
	return found;
}
