/* Template text and a value, parted by a NUL byte: whatever they are, a rendered header has one line, text
 * stays UTF-8, and the guarded body never starts a line with a command. */
#include <stdint.h>
#include <string.h>

#include "mail/letters_guard.h"

static RnView *
view(const char *value)
{
	RnView *v = rn_letters_sample_bare();

	rn_view_text(v, "nomecasella", value);
	rn_view_text(v, "lette", value);
	rn_view_text(rn_view_item(v, "contratti"), "nome", value);
	rn_view_text(rn_view_item(v, "contratti"), "nome", "b");
	return v;
}

static void
check_value(const RnView *v)
{
	g_autoptr(RnTemplate) t = rn_template_compile("{{lette}}", "fuzz", NULL, NULL);
	g_autofree char *head = rn_template_render(t, v, RN_ESCAPE_HEADER, NULL);

	if (strpbrk(head, "\r\n") != NULL)
		g_error("a value starts a header line");
}

static void
check_text(const char *text)
{
	g_autofree char *body = rn_letters_guard(text, FALSE);
	g_autofree char *line = rn_letters_command_line(body);

	if (line != NULL)
		g_error("command: %s", line);
	if (!g_utf8_validate(body, -1, NULL))
		g_error("not UTF-8");
	for (const char *l = body; *l != '\0'; l += strcspn(l, "\n") + 1)
		if (strcspn(l, "\n") > 990)
			g_error("long line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);	/* ends at the first NUL */
	gsize used = MIN(strlen(text) + 1, size);
	g_autofree char *value = g_strndup((const char *)data + used, size - used);
	g_autoptr(RnView) v = view(value);
	g_autoptr(RnTemplate) t = NULL;

	check_value(v);
	t = rn_template_compile(text, "fuzz", NULL, NULL);
	if (t == NULL)
		return 0;
	(void)rn_template_check(t, v, NULL);
	for (int escape = RN_ESCAPE_TEXT; escape <= RN_ESCAPE_HEADER; escape++) {
		g_autofree char *out = rn_template_render(t, v, escape, NULL);

		if (out != NULL && escape == RN_ESCAPE_TEXT)
			check_text(out);
	}
	return 0;
}
