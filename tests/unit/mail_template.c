/* The mustache subset, case by case from the rules of the published specification, and what is ours beside
 * it. */
#include <string.h>

#include <glib/gstdio.h>

#include "mail/template.h"

/* Values for all cases. */
static RnView *
view(void)
{
	RnView *v = rn_view_new();
	RnView *item;

	rn_view_text(v, "nome", "Anna");
	rn_view_text(v, "vuoto", "");
	rn_view_text(v, "html", "& \" < > '");
	rn_view_text(v, "trucco", "{{nome}} {{#si}}x{{/si}}");
	rn_view_bool(v, "si", TRUE);
	rn_view_bool(v, "falso", FALSE);
	rn_view_list(v, "niente");
	for (int i = 1; i <= 3; i++) {
		g_autofree char *n = g_strdup_printf("%d", i);

		item = rn_view_item(v, "lista");
		rn_view_text(item, "n", n);
		rn_view_text(rn_view_item(item, "dentro"), "m", i == 2 ? "due" : "altro");
	}
	rn_view_text(rn_view_item(v, "coppia"), "nome", "Bruno");
	return v;
}

typedef struct {
	const char	*rule;
	const char	*template;
	const char	*want;
} Case;

static const Case cases[] = {
	/* interpolation */
	{ "no interpolation", "Ciao, {mondo}!\n", "Ciao, {mondo}!\n" },
	{ "basic", "Ciao, {{nome}}!\n", "Ciao, Anna!\n" },
	{ "no re-interpolation", "{{trucco}}", "{{nome}} {{#si}}x{{/si}}" },
	{ "text is not escaped as HTML", "{{html}}", "& \" < > '" },
	{ "triple mustache", "{{{html}}}", "& \" < > '" },
	{ "empty value", "I ({{vuoto}}) be", "I () be" },
	{ "any case", "{{NOME}}{{Nome}}", "AnnaAnna" },
	{ "surrounding white space is kept", "| {{nome}} |", "| Anna |" },
	{ "a value alone on its line keeps the line", "  {{nome}}\n", "  Anna\n" },
	{ "padding in the tag", "|{{ nome }}|{{{ nome }}}|", "|Anna|Anna|" },
	/* sections */
	{ "truthy switch", "\"{{#si}}qui{{/si}}\"", "\"qui\"" },
	{ "falsey switch", "\"{{#falso}}qui{{/falso}}\"", "\"\"" },
	{ "text as a section", "{{#nome}}({{nome}}){{/nome}}", "(Anna)" },
	{ "empty text is false", "{{#vuoto}}qui{{/vuoto}}", "" },
	{ "list", "{{#lista}}{{n}}{{/lista}}", "123" },
	{ "empty list", "\"{{#niente}}qui{{/niente}}\"", "\"\"" },
	{ "parent names inside a list", "{{#lista}}{{nome}}{{n}} {{/lista}}", "Anna1 Anna2 Anna3 " },
	{ "an item's name wins", "{{#coppia}}{{nome}}{{/coppia}} {{nome}}", "Bruno Anna" },
	{ "list in a list", "{{#lista}}{{n}}:{{#dentro}}{{m}} {{/dentro}}{{/lista}}", "1:altro 2:due 3:altro " },
	{ "context stack across lists", "{{#lista}}{{#coppia}}{{n}}{{nome}} {{/coppia}}{{/lista}}", "1Bruno 2Bruno 3Bruno " },
	{ "doubled", "{{#si}}\n* uno\n{{/si}}\n* {{nome}}\n{{#si}}\n* tre\n{{/si}}\n", "* uno\n* Anna\n* tre\n" },
	{ "nested truthy", "| A {{#si}}B {{#si}}C{{/si}} D{{/si}} E |", "| A B C D E |" },
	{ "nested falsey", "| A {{#falso}}B {{#falso}}C{{/falso}} D{{/falso}} E |", "| A  E |" },
	{ "surrounding white space", " | {{#si}}\t|\t{{/si}} | \n", " | \t|\t | \n" },
	{ "internal white space", " | {{#si}} {{! nota }}\n {{/si}} | \n", " |  \n  | \n" },
	{ "indented inline sections", " {{#si}}SI{{/si}}\n {{#si}}BENE{{/si}}\n", " SI\n BENE\n" },
	{ "standalone lines", "| Questa\n{{#si}}\n|\n{{/si}}\n| riga\n", "| Questa\n|\n| riga\n" },
	{ "indented standalone lines", "| Questa\n  {{#si}}\n|\n\t{{/si}}\n| riga\n", "| Questa\n|\n| riga\n" },
	{ "standalone with CRLF", "|\r\n{{#si}}\r\n{{/si}}\r\n|", "|\r\n|" },
	{ "standalone without previous line", "  {{#si}}\n#{{/si}}\n/", "#\n/" },
	{ "standalone without newline", "#{{#si}}\n/\n  {{/si}}", "#\n/\n" },
	{ "padding in section tags", "|{{# si }}={{/ si }}|", "|=|" },
	{ "closing tag in another case", "{{#Si}}x{{/sI}}", "x" },
	/* inverted sections */
	{ "inverted falsey", "\"{{^falso}}qui{{/falso}}\"", "\"qui\"" },
	{ "inverted truthy", "\"{{^si}}qui{{/si}}\"", "\"\"" },
	{ "inverted empty list", "{{^niente}}qui{{/niente}}", "qui" },
	{ "inverted list", "{{^lista}}qui{{/lista}}", "" },
	{ "inverted text", "{{^nome}}qui{{/nome}}{{^vuoto}}la{{/vuoto}}", "la" },
	{ "inverted standalone", "| Questa\n{{^falso}}\n|\n{{/falso}}\n| riga\n", "| Questa\n|\n| riga\n" },
	/* comments */
	{ "inline comment", "123{{! qui una nota }}45", "12345" },
	{ "multiline comment", "123{{!\n  Una nota\n  su due righe\n}}45\n", "12345\n" },
	{ "standalone comment", "Inizio.\n{{! nota }}\nFine.\n", "Inizio.\nFine.\n" },
	{ "indented standalone comment", "Inizio.\n  {{! nota }}\nFine.\n", "Inizio.\nFine.\n" },
	{ "standalone comment with CRLF", "|\r\n{{! nota }}\r\n|", "|\r\n|" },
	{ "standalone comment without previous line", "  {{! nota }}\n!", "!" },
	{ "standalone comment without newline", "!\n  {{! nota }}", "!\n" },
	{ "multiline standalone comment", "Inizio.\n{{!\nnota\n}}\nFine.\n", "Inizio.\nFine.\n" },
	{ "indented inline comment", "  12 {{! 34 }}\n", "  12 \n" },
	{ "white space around a comment", "12345 {{! nota }} 67890", "12345  67890" },
	{ "two tags on a line are not standalone", "{{#si}}{{/si}}\nx", "\nx" },
};

static void
test_rules(void)
{
	g_autoptr(RnView) v = view();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) why = NULL;
		g_autoptr(RnTemplate) t = rn_template_compile(cases[i].template, "prova", NULL, &why);
		g_autofree char *got = t != NULL ? rn_template_render(t, v, RN_ESCAPE_TEXT, &why) : NULL;

		if (g_strcmp0(got, cases[i].want) != 0)
			g_test_message(
			    "rule \"%s\": \"%s\" %s", cases[i].rule, got, why != NULL ? why->message : "");
		g_assert_cmpstr(got, ==, cases[i].want);
		g_assert_true(rn_template_check(t, v, &why));
	}
}

/* What is wrong, and how the error begins. */
static const Case errors[] = {
	{ "unknown name", "uno\n\n{{nessuno}}\n", "it/prova:3: the name \"nessuno\" is not known" },
	{ "unknown in a false section", "{{#falso}}\n{{nessuno}}{{/falso}}", "it/prova:2: the name \"nessuno\"" },
	{ "unknown in an inverted section", "{{^si}}{{nessuno}}{{/si}}", "it/prova:1: the name \"nessuno\"" },
	{ "unknown section", "x\n{{#nessuno}}{{/nessuno}}", "it/prova:2: the name \"nessuno\"" },
	{ "item's name outside its list", "{{n}}", "it/prova:1: the name \"n\"" },
	{ "unknown within a list", "{{#lista}}\n{{q}}\n{{/lista}}", "it/prova:2: the name \"q\"" },
	{ "list as text", "\n{{lista}}", "it/prova:2: \"lista\" is a list, not a text" },
	{ "switch as text", "{{si}}", "it/prova:1: \"si\" is a switch, not a text" },
	{ "not closed", "a\n{{#si}}\nb", "it/prova:3: section \"si\", opened at it/prova:2, is not closed" },
	{ "closes nothing", "a\nb{{/si}}", "it/prova:2: {{/si}} closes nothing" },
	{ "crossed", "{{#si}}\n{{#nome}}\n{{/si}}{{/nome}}", "it/prova:3: {{/si}} stands where {{/nome}} must" },
	{ "tag without end", "a\n{{nome", "it/prova:2: the tag that begins here has no \"}}\"" },
	{ "triple without end", "{{{nome}}", "it/prova:1: the tag that begins here has no \"}}}\"" },
	{ "other delimiters", "{{=<% %>=}}", "it/prova:1: tags with \"=\" are not known here" },
	{ "ampersand", "{{& nome}}", "it/prova:1: tags with \"&\"" },
	{ "dotted name", "{{a.b}}", "it/prova:1: \"a.b\" is not a name" },
	{ "implicit iterator", "{{.}}", "it/prova:1: \".\" is not a name" },
	{ "empty tag", "{{}}", "it/prova:1: \"\" is not a name" },
	{ "partial without folder", "{{> piede}}", "it/prova:1: no partials here" },
	{ "partial that is a path", "{{> ../piede}}", "it/prova:1: \"../piede\" is not a name" },
	{ "not UTF-8", "caff\xe8", "it/prova:1: not UTF-8" },
};

static void
test_errors(void)
{
	g_autoptr(RnView) v = view();

	for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
		g_autoptr(GError) why = NULL;
		g_autoptr(RnTemplate) t = rn_template_compile(errors[i].template, "it/prova", NULL, &why);
		gboolean ok = t != NULL && rn_template_check(t, v, &why);

		if (ok || !g_str_has_prefix(why->message, errors[i].want))
			g_test_message("row \"%s\": %s", errors[i].rule, ok ? "no error" : why->message);
		g_assert_false(ok);
		g_assert_error(why, RN_ERROR, RN_ERR_CONFIG);
		g_assert_true(g_str_has_prefix(why->message, errors[i].want));
	}
}

/* A value can neither start a header, nor hide, nor turn the text round, nor become a tag. */
static const struct {
	const char	*row, *value;
	RnEscape	 escape;
	const char	*want;
} hostile[] = {
	{ "header injection", "x\r\nBcc: altri@esempio.example", RN_ESCAPE_HEADER, "x  Bcc: altri@esempio.example" },
	{ "bare LF and tab", "a\nb\tc", RN_ESCAPE_HEADER, "a b c" },
	{ "Unicode line breaks", "a\xe2\x80\xa8" "b\xc2\x85" "c", RN_ESCAPE_HEADER, "a b c" },
	{ "text keeps its lines", "a\r\nb\tc", RN_ESCAPE_TEXT, "a\nb\tc" },
	{ "control characters", "a\x01\x1b[31mb\x7f", RN_ESCAPE_TEXT, "a[31mb" },
	{ "reading direction", "a\xe2\x80\xae" "fdp.exe\xe2\x81\xa9\xd8\x9c", RN_ESCAPE_TEXT, "afdp.exe" },
	{ "reading direction in a header", "\xe2\x80\x8f" "a", RN_ESCAPE_HEADER, "a" },
	{ "zero width", "RIN\xe2\x80\x8bNOVA\xef\xbb\xbf", RN_ESCAPE_TEXT, "RINNOVA" },
	{ "bad UTF-8", "a\xff" "b", RN_ESCAPE_TEXT, "a\xef\xbf\xbd" "b" },
	{ "tags", "{{nome}}", RN_ESCAPE_TEXT, "{{nome}}" },
	{ "HTML escaping", "& \" < >", RN_ESCAPE_HTML, "&amp; &quot; &lt; &gt;" },
	{ "marked", "a\r\nb", RN_ESCAPE_MARKED, "\x01" "a\x02\n\x03\x01" "b\x02" },
	{ "marks in a marked value", "\x01" "a\x02\x03", RN_ESCAPE_MARKED, "\x01" "a\x02" },
	{ "HTML", "<b a='1' c=\"2\">&", RN_ESCAPE_HTML, "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;" },
};

static void
test_hostile(void)
{
	g_autoptr(RnTemplate) t = rn_template_compile("{{x}}", "prova", NULL, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autoptr(RnView) v = rn_view_new();
		g_autofree char *got = NULL;

		rn_view_text(v, "x", hostile[i].value);
		got = rn_template_render(t, v, hostile[i].escape, NULL);
		if (g_strcmp0(got, hostile[i].want) != 0)
			g_test_message("row \"%s\": \"%s\"", hostile[i].row, got);
		g_assert_cmpstr(got, ==, hostile[i].want);
	}
}

/* Three braces: raw in HTML alone; in a header nothing is ever raw. */
static void
test_raw(void)
{
	g_autoptr(RnTemplate) t = rn_template_compile("{{{x}}}", "prova", NULL, NULL);
	g_autoptr(RnView) v = rn_view_new();
	g_autofree char *html = NULL;
	g_autofree char *head = NULL;

	rn_view_text(v, "x", "<b>\nBcc: a");
	html = rn_template_render(t, v, RN_ESCAPE_HTML, NULL);
	head = rn_template_render(t, v, RN_ESCAPE_HEADER, NULL);
	g_assert_cmpstr(html, ==, "<b>\nBcc: a");
	g_assert_cmpstr(head, ==, "<b> Bcc: a");
}

static void
put(const char *folder, const char *name, const char *text)
{
	g_autofree char *file = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void
test_partials(void)
{
	g_autofree char *dir = g_dir_make_tmp("rinnova-partial-XXXXXX", NULL);
	g_autofree char *got = NULL;
	g_autofree char *file = NULL;
	g_autoptr(GError) why = NULL;
	g_autoptr(RnView) v = view();
	g_autoptr(RnTemplate) t = NULL;
	static const char *const names[] = { "uno", "ciclo", "rotto", "solo" };

	put(dir, "uno.partial", "riga\n{{#si}}\n{{nome}}\n{{/si}}\n");
	put(dir, "ciclo.partial", "{{> ciclo}}");
	put(dir, "rotto.partial", "x\n{{#si}}");
	put(dir, "solo.partial", "|{{nome}}|");

	/* standalone: every line of the partial is indented, and the tag's line goes */
	t = rn_template_compile("A\n  {{> uno}}\nB {{>solo}} C\n", "prova", dir, &why);
	g_assert_no_error(why);
	got = rn_template_render(t, v, RN_ESCAPE_TEXT, &why);
	g_assert_cmpstr(got, ==, "A\n  riga\n  Anna\nB |Anna| C\n");

	g_assert_null(rn_template_compile("{{> ciclo}}", "prova", dir, &why));
	g_assert_nonnull(strstr(why->message, "ciclo.partial:1: partial \"ciclo\" within 4 others"));
	g_clear_error(&why);
	g_assert_null(rn_template_compile("{{> rotto}}", "prova", dir, &why));
	g_assert_nonnull(strstr(why->message, "rotto.partial:2: section \"si\""));
	g_clear_error(&why);
	g_assert_null(rn_template_compile("a\n{{> manca}}", "prova", dir, &why));
	g_assert_true(g_str_has_prefix(why->message, "prova:2: partial \"manca\": "));

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *leaf = g_strconcat(names[i], ".partial", NULL);

		g_free(file);
		file = g_build_filename(dir, leaf, NULL);
		g_assert_cmpint(g_remove(file), ==, 0);
	}
	g_assert_cmpint(g_rmdir(dir), ==, 0);
}

/* Partials, from the rules of the published specification. */
static const struct {
	const char	*rule, *template, *partial, *want;
} partials[] = {
	{ "basic behavior", "\"{{>text}}\"", "da un partial", "\"da un partial\"" },
	{ "context", "\"{{>text}}\"", "*{{nome}}*", "\"*Anna*\"" },
	{ "within a section", "{{#lista}}{{>text}}{{/lista}}", "{{n}},", "1,2,3," },
	{ "nested", "{{>text}}", "*{{nome}} {{>other}}*", "*Anna Anna!*" },
	{ "surrounding white space", "| {{>text}} |", "\t|\t", "| \t|\t |" },
	{ "inline indentation", "  {{nome}}  {{> text}}\n", ">\n>", "  Anna  >\n>\n" },
	{ "standalone line endings", "|\r\n{{>text}}\r\n|", ">", "|\r\n>|" },
	{ "standalone without previous line", "  {{>text}}\n>", ">\n>", "  >\n  >>" },
	{ "standalone without newline", ">\n  {{>text}}", ">\n>", ">\n  >\n  >" },
	{ "standalone indentation", "\\\n {{>text}}\n/\n", "|\n{{{righe}}}\n|\n", "\\\n |\n <\n->\n |\n/\n" },
	{ "padding", "|{{> text }}|", "[]", "|[]|" },
};

static void
test_partial_rules(void)
{
	g_autofree char *dir = g_dir_make_tmp("rinnova-partial-XXXXXX", NULL);
	g_autofree char *text = g_build_filename(dir, "text.partial", NULL);
	g_autofree char *other = g_build_filename(dir, "other.partial", NULL);
	g_autoptr(RnView) v = view();

	rn_view_text(v, "righe", "<\n->");
	put(dir, "other.partial", "{{nome}}!");
	for (gsize i = 0; i < G_N_ELEMENTS(partials); i++) {
		g_autoptr(GError) why = NULL;
		g_autoptr(RnTemplate) t = NULL;
		g_autofree char *got = NULL;

		put(dir, "text.partial", partials[i].partial);
		t = rn_template_compile(partials[i].template, "prova", dir, &why);
		g_assert_no_error(why);
		got = rn_template_render(t, v, RN_ESCAPE_TEXT, &why);
		g_test_message("rule \"%s\"", partials[i].rule);
		g_assert_cmpstr(got, ==, partials[i].want);
	}
	g_assert_cmpint(g_remove(text), ==, 0);
	g_assert_cmpint(g_remove(other), ==, 0);
	g_assert_cmpint(g_rmdir(dir), ==, 0);
}

/* Lists nested 30 deep would render two to the thirtieth times. */
static void
test_bounds(void)
{
	g_autoptr(RnView) v = rn_view_new();
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) why = NULL;
	g_autoptr(RnTemplate) t = NULL;

	rn_view_item(v, "x");
	rn_view_item(v, "x");
	for (int i = 0; i < 30; i++)
		g_string_append(text, "{{#x}}");
	for (int i = 0; i < 30; i++)
		g_string_append(text, "{{/x}}");
	t = rn_template_compile(text->str, "prova", NULL, &why);
	g_assert_no_error(why);
	g_assert_null(rn_template_render(t, v, RN_ESCAPE_TEXT, &why));
	g_assert_error(why, RN_ERROR, RN_ERR_LIMIT);
	g_clear_error(&why);

	for (int i = 0; i < 10; i++)
		g_string_prepend(text, "{{#x}}");
	g_assert_null(rn_template_compile(text->str, "prova", NULL, &why));
	g_assert_nonnull(strstr(why->message, "nested more than 32 deep"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/template/rules", test_rules);
	g_test_add_func("/mail/template/errors", test_errors);
	g_test_add_func("/mail/template/hostile", test_hostile);
	g_test_add_func("/mail/template/raw", test_raw);
	g_test_add_func("/mail/template/partials", test_partials);
	g_test_add_func("/mail/template/partial-rules", test_partial_rules);
	g_test_add_func("/mail/template/bounds", test_bounds);
	return g_test_run();
}
