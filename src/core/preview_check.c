/* preview_check.c: what is wrong with template sets, look and links before a letter shows it. */
#include <string.h>

#include "core/preview.h"

#define AA 4.5			/* WCAG 2.2, 1.4.3 */
#define LINK_MAX 200		/* characters: what every program takes */
#define SAMPLE "0123456789abcdefghjkmnpqrstvwxyz01234567"

typedef struct {
	const RnSettings *settings;
	GPtrArray	*list;		/* RnFinding */
} Check;

#define POINT "look"

static void
contrast(const Check *c, const char *where, const char *key, const char *colour, const char *other)
{
	double found = rn_look_contrast(colour, other);
	g_autofree char *text = g_strdup_printf("%.1f", found);

	if (found < AA)
		rn_find_take(c->list, RN_FIND_WARN, POINT,
		    g_strdup_printf("%s: [%s] %s: %s has a contrast of %s with %s, under 4.5",
		        c->settings->file, where, key, colour, text, other),
		    rn_look_contrast(other, "#ffffff") < AA ? "take a darker one" : "take a lighter one");
}

/* The colours of templates/page.html that the look's stand upon. */
static void
check_look(const Check *c, const RnConvention *convention)
{
	RnHouseLook look = rn_settings_look(c->settings, convention);
	g_autofree char *where =
	    convention != NULL ? g_strconcat("convention ", convention->id, NULL) : g_strdup("look");
	const char *type, *before = convention != NULL ? "look-" : "";
	g_autofree char *key = g_strconcat(before, "colour", NULL);
	g_autofree char *dark = g_strconcat(before, "colour-dark", NULL);
	g_autoptr(GError) why = NULL;
	g_autoptr(GBytes) logo = *look.logo != '\0' ? rn_look_logo(&look, &type, &why) : NULL;

	contrast(c, where, key, look.colour, "#ffffff");
	contrast(c, where, dark, look.colour_dark, "#1c1f22");
	if (why != NULL)
		rn_find_take(c->list, RN_FIND_FAIL, POINT,
		    g_strdup_printf("%s: [%s] %s", c->settings->file, where, why->message),
		    "letters go without it: name a file that is there and small enough");
}

/* The longest of the links that the words of LANGUAGE make with the site's own address. */
static void
check_links(const Check *c, const RnLetters *l, const char *language)
{
	const RnLetterWords *w = rn_letters_words(l, language);
	const char *const subjects[] = { w->subject_renew, w->subject_decline, w->subject_question };
	g_autofree char *address = rn_token_address(&c->settings->site, SAMPLE);

	for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
		g_autofree char *title = rn_letter_words_fill(subjects[i], "case", "7K3M-9QTX", NULL);
		g_autofree char *escaped = g_uri_escape_string(title, NULL, FALSE);
		gsize len = strlen("mailto:?subject=&body=NON%20RINNOVO") + strlen(address) + strlen(escaped);

		if (len >= LINK_MAX)
			rn_find_take(c->list, RN_FIND_WARN, POINT,
			    g_strdup_printf("%s/words.conf: [subjects] \"%s\": its link has %" G_GSIZE_FORMAT
			                    " characters with the address of this site, not under %d",
			        language, subjects[i], len, LINK_MAX),
			    "shorten it");
	}
}

static void
look_of_folder(const RnSettings *s, const char *folder, GPtrArray *list)
{
	g_autoptr(RnLetters) l = NULL;
	g_auto(GStrv) names = NULL;
	Check c = { s, list };

	check_look(&c, NULL);
	for (guint i = 0; i < s->conventions->len; i++) {
		const RnConvention *convention = g_ptr_array_index(s->conventions, i);

		if (*convention->look_colour != '\0' || *convention->look_colour_dark != '\0' ||
		    *convention->look_logo != '\0')
			check_look(&c, convention);
	}
	if ((l = rn_letters_load(folder, FALSE, NULL)) == NULL)
		return;
	names = rn_letters_languages(l);
	for (guint i = 0; names[i] != NULL; i++)
		check_links(&c, l, names[i]);
}

void
rn_preview_look(const RnSettings *s, GPtrArray *list)
{
	look_of_folder(s, s->site.templates, list);
}

gboolean
rn_preview_check(const char *config, const char *templates, GPtrArray *findings, GError **error)
{
	g_autoptr(RnSettings) s = config != NULL ? rn_settings_read(config, error) : NULL;
	const char *folder = templates != NULL ? templates : s != NULL ? s->site.templates : NULL;
	g_autoptr(GPtrArray) list = rn_findings_new();

	if (config != NULL && s == NULL)
		return FALSE;
	rn_letters_check(folder, findings);
	if (s != NULL)
		look_of_folder(s, folder, list);
	for (guint i = 0; i < list->len; i++) {
		const RnFinding *f = g_ptr_array_index(list, i);

		g_ptr_array_add(findings, g_strconcat(f->text, ": ", f->todo, NULL));
	}
	return TRUE;
}
