/* Template text and a value, parted by a NUL byte: whatever they are, a rendered header has one line, text
 * stays UTF-8, and the guarded body never starts a line with a command. */
#include <stdint.h>
#include <string.h>

#include "mail/letters_guard.h"
#include "mail/sheet.h"

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
	g_autofree char *body = rn_letters_guard(text);
	g_auto(GStrv) lines = g_strsplit(body, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		if (rn_letters_is_command(lines[i]))
			g_error("command: %s", lines[i]);
	if (!g_utf8_validate(body, -1, NULL))
		g_error("not UTF-8");
	for (const char *l = body; *l != '\0'; l += strcspn(l, "\n") + 1)
		if (strcspn(l, "\n") > 990)
			g_error("long line");
}

/* How often C stands in TEXT. */
static guint
count(const char *text, char c)
{
	guint n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

/* Whatever the lines: UTF-8, elements that are closed, no mark left, and what a program reads of it starts no
 * line with a command. */
static void
check_sheet(const char *marked)
{
	g_autofree char *calm = rn_letters_unlink(marked, NULL);
	g_autofree char *text = rn_sheet_text(calm);
	g_autofree char *html = rn_sheet_html(calm, "#1f4e79", NULL);

	check_text(text);
	if (!g_utf8_validate(html, -1, NULL) || strpbrk(html, RN_MARKS) != NULL)
		g_error("the HTML is not UTF-8, or a mark is left");
	if (count(html, '<') != count(html, '>') || strstr(html, "://") != NULL)
		g_error("an element is not closed, or an address can be tapped: %s of %s", html, marked);
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
	for (int escape = RN_ESCAPE_TEXT; escape <= RN_ESCAPE_MARKED; escape++) {
		g_autofree char *out = rn_template_render(t, v, escape, NULL);

		if (out != NULL && escape == RN_ESCAPE_TEXT)
			check_text(out);
		if (out != NULL && escape == RN_ESCAPE_MARKED)
			check_sheet(out);
	}
	return 0;
}
