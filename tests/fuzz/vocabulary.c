/* A file of words of any bytes: taken or refused with a word, and nothing leaks. */
#include <stdint.h>

#include "mail/vocabulary.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(RnVocabulary) v = rn_vocabulary_new();

	if (!rn_vocabulary_add(v, text, "fuzz.conf", &error))
		g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	else
		g_assert_no_error(error);
	return 0;
}
