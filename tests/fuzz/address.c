/* Whatever passes rn_addr_valid() must be safe in SMTP, in a header and in argv. */
#include "base/log.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *addr = g_strndup((const char *)data, size);
	g_autofree char *fold = rn_addr_fold(addr);
	g_autofree char *squash = rn_text_squash(addr);
	g_autofree char *utf8 = rn_text_utf8((const char *)data, (gssize)size);
	g_autofree char *quoted = rn_log_quote(addr);

	g_assert_true(g_utf8_validate(utf8, -1, NULL));
	g_assert_true(g_utf8_validate(quoted, -1, NULL));
	g_assert_cmpuint(strlen(quoted), <=, 405);
	g_assert_cmpuint(strlen(squash), <=, strlen(addr));
	g_assert_null(strpbrk(quoted, "\r\n\x1b"));
	if (!rn_addr_valid(addr))
		return 0;
	g_assert_null(strpbrk(addr, " \t\r\n<>()[]\\,;:\""));
	g_assert_cmpuint(strlen(addr), <=, 254);
	g_assert_true(g_str_is_ascii(addr));
	g_assert_true(rn_addr_valid(fold));
	g_assert_true(strchr(addr, '@') + 1 == rn_addr_domain(addr));
	return 0;
}
