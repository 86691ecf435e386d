/* forward_style.c: which style attributes cannot hide a text. What is known to be harmless is listed, with
 * its values; whatever else a style says is a mark. */
#include <string.h>

#include "mail/forward_inside.h"

#define DARK 0.26	/* luminance of a text that can be read on what is not darker than ... */
#define LIGHT 0.75	/* ... this */
#define SMALL 12	/* pixels: a smaller text is hard to read */

typedef enum { ANY, FONT, WORD, SIZE, WIDTH, FONT_SIZE, LINE, COLOUR, GROUND } Kind;

/* The words that a property may say stand behind it; ANY has none that could hide. */
static const struct {
	const char	*name;
	Kind		 kind;
	const char	*words;
} properties[] = {
	{ "font-family", FONT, NULL }, { "font-weight", ANY, NULL }, { "border-radius", ANY, NULL },
	{ "font-style", WORD, " normal italic oblique inherit " }, { "overflow-wrap", ANY, NULL },
	{ "font-variant", WORD, " normal inherit " }, { "word-wrap", ANY, NULL }, { "word-break", ANY, NULL },
	{ "box-sizing", ANY, NULL }, { "border-collapse", ANY, NULL }, { "font-variant-ligatures", WORD, " normal " },
	{ "font-variant-caps", WORD, " normal " }, { "orphans", ANY, NULL }, { "widows", ANY, NULL },
	{ "text-align", WORD, " left right center justify start end " },
	{ "vertical-align", WORD, " top middle bottom baseline " },
	{ "display", WORD, " block inline inline-block table table-row table-cell list-item " },
	{ "white-space", WORD, " normal pre pre-wrap pre-line nowrap " },
	{ "text-decoration", WORD, " none underline " }, { "direction", WORD, " ltr " },
	{ "text-transform", WORD, " none " }, { "text-indent", WORD, " 0px 0 " },
	{ "letter-spacing", WORD, " normal " }, { "word-spacing", WORD, " 0px normal " },
	{ "float", WORD, " none " }, { "line-break", ANY, NULL }, { "-webkit-line-break", ANY, NULL },
	{ "-webkit-nbsp-mode", ANY, NULL }, { "caret-color", ANY, NULL },
	{ "list-style-type", WORD, " none disc circle square decimal " }, { "min-height", SIZE, NULL },
	{ "width", WIDTH, NULL }, { "max-width", WIDTH, NULL }, { "font-size", FONT_SIZE, NULL },
	{ "line-height", LINE, NULL }, { "color", COLOUR, NULL }, { "background", GROUND, NULL },
	{ "background-color", GROUND, NULL },
};

/* Families of properties whose values are sizes, and words and colours that hide nothing. */
static const char *const families[] = { "margin", "padding", "border", NULL };

/* The colour V ("#rgb", "#rrggbb", "rgb(r,g,b)" or one of a few names) into PART. FALSE for anything else. */
static gboolean
colour(const char *v, unsigned part[3])
{
	static const struct {
		const char	*name;
		unsigned	 part[3];
	} names[] = { { "black", { 0 } }, { "white", { 255, 255, 255 } }, { "rgba(0,0,0,1)", { 0 } },
		{ "rgba(0,0,0,1.0)", { 0 } }, { "windowtext", { 0 } }, { "navy", { 0, 0, 128 } },
		{ "blue", { 0, 0, 255 } } };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(v, names[i].name) == 0) {
			memcpy(part, names[i].part, sizeof(names[i].part));
			return TRUE;
		}
	if (*v == '#' && strspn(v + 1, "0123456789abcdef") == 3 && strlen(v) == 4 &&
	    sscanf(v, "#%1x%1x%1x", &part[0], &part[1], &part[2]) == 3) {
		for (int i = 0; i < 3; i++)
			part[i] *= 17;
		return TRUE;
	}
	if (*v == '#')
		return strspn(v + 1, "0123456789abcdef") == 6 && strlen(v) == 7 &&
		    sscanf(v, "#%2x%2x%2x", &part[0], &part[1], &part[2]) == 3;
	return strlen(v) < 20 && strspn(v, "rgb(0123456789,)") == strlen(v) &&
	    sscanf(v, "rgb(%3u,%3u,%3u)", &part[0], &part[1], &part[2]) == 3;
}

/* How bright V is, 0 to 1 (WCAG 2.1, near enough); -1 for what is no colour. */
static double
luminance(const char *v)
{
	static const double weight[] = { 0.2126, 0.7152, 0.0722 };
	unsigned part[3];
	double sum = 0;

	if (!colour(v, part))
		return -1;
	for (int i = 0; i < 3; i++) {
		double x = MIN(part[i], 255u) / 255.0;

		sum += weight[i] * (x <= 0.03928 ? x / 12.92 : x * x * (0.5 + 0.5 * x));	/* x^2.4 */
	}
	return sum;
}

/* The first length of V in pixels, and whether it is relative to what is around it; -1 for none. */
static double
length(const char *v, gboolean *relative, const char **end)
{
	static const struct {
		const char	*unit;
		double		 pixels;
		gboolean	 relative;
	} units[] = { { "px", 1, FALSE }, { "pt", 1.333, FALSE }, { "rem", 16, FALSE }, { "em", 16, TRUE },
		{ "ex", 8, TRUE }, { "cm", 37.8, FALSE }, { "in", 96, FALSE }, { "%", 0.16, TRUE },
		{ "", 1, FALSE } };
	char *after;
	double n;

	*relative = FALSE;
	*end = v;
	if (!g_ascii_isdigit(*v) && *v != '.')
		return -1;
	n = g_ascii_strtod(v, &after);
	for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
		if (g_str_has_prefix(after, units[i].unit)) {
			*relative = units[i].relative;
			*end = after + strlen(units[i].unit);
			return n < 10000 ? n * units[i].pixels : -1;
		}
	return -1;
}

/* A word or a colour: no size, and nothing that is computed. */
static gboolean
is_word(const char *v)
{
	return *v == '\0' || *v == '#' ||
	    (g_ascii_isalpha(*v) && (strchr(v, '(') == NULL || g_str_has_prefix(v, "rgb")));
}

/* Sizes that move nothing out of sight: each at most 6em; words and colours between them are of borders. */
static gboolean
is_small(const char *v)
{
	g_auto(GStrv) words = g_strsplit(v, " ", 12);
	gboolean relative;
	const char *end;

	for (guint i = 0; words[i] != NULL; i++) {
		double n = length(words[i], &relative, &end);

		if (n > 96 || (n >= 0 && *end != '\0') || (n < 0 && !is_word(words[i])))
			return FALSE;
	}
	return TRUE;
}

/* A size in which a text can be read, or a box that holds one: LEAST to MOST pixels. */
static gboolean
is_within(const char *v, double least, double most, const char *words)
{
	g_autofree char *word = g_strdup_printf(" %s ", v);
	gboolean relative;
	const char *end;

	double n = length(v, &relative, &end);

	return strstr(words, word) != NULL || (n >= least && n <= most && *end == '\0');
}

/* Within a small text a part of it is none any more, and so on: rn_forward_style_shrinks() counts them. */
static gboolean
is_readable(const char *v)
{
	gboolean relative;
	const char *end;
	double n = length(v, &relative, &end);

	return (n >= (relative ? 12.8 : 9) && n <= 60 && *end == '\0') ||
	    is_within(v, 1e9, 0, " small medium large x-large inherit ");
}

/* A line as high as its text: a number alone is a part of the text's size. */
static gboolean
is_line(const char *v)
{
	char *end;
	double n = g_ascii_strtod(v, &end);

	return strcmp(v, "normal") == 0 || strcmp(v, "inherit") == 0 ||
	    (*end == '\0' && end > v && n >= 1 && n <= 4) || is_within(v, 14, 100, " ");
}

/* Fonts that have signs in the place of letters make a text that nobody reads. */
static gboolean
is_letters(const char *v)
{
	return strstr(v, "dings") == NULL && strstr(v, "symbol") == NULL && strstr(v, "icon") == NULL &&
	    strstr(v, "barcode") == NULL && strstr(v, "blank") == NULL && strstr(v, "marlett") == NULL &&
	    strstr(v, "mt extra") == NULL;
}

static gboolean
is_harmless(Kind kind, const char *words, const char *v)
{
	g_autofree char *word = g_strdup_printf(" %s ", v);

	switch (kind) {
	case ANY:
		return TRUE;
	case FONT:
		return is_letters(v);
	case WORD:
		return strstr(words, word) != NULL;
	case SIZE:
		return is_small(v);
	case WIDTH:
		return is_within(v, 48, 2000, " auto none 100% 40% ");
	case FONT_SIZE:
		return is_readable(v);
	case LINE:
		return is_line(v);
	case COLOUR:
		return strcmp(v, "inherit") == 0 || (luminance(v) >= 0 && luminance(v) <= DARK);
	case GROUND:
		return strcmp(v, "transparent") == 0 || strcmp(v, "none") == 0 || luminance(v) >= LIGHT;
	}
	return FALSE;
}

static gboolean
is_known(const char *name, const char *v)
{
	for (gsize i = 0; i < G_N_ELEMENTS(properties); i++)
		if (strcmp(name, properties[i].name) == 0)
			return is_harmless(properties[i].kind, properties[i].words, v);
	for (guint i = 0; families[i] != NULL; i++)
		if (g_str_has_prefix(name, families[i]))
			return is_small(v);
	return FALSE;
}

/* V in lower case, one space between words and none around ',' and brackets. */
static char *
tidy(const char *v)
{
	g_autofree char *low = g_ascii_strdown(v, -1);
	GString *out = g_string_new(NULL);

	for (const char *p = g_strstrip(low); *p != '\0'; p++) {
		gboolean space = g_ascii_isspace(*p);
		const char *next = p + strspn(p, " \t\r\n\f");

		if (!space)
			g_string_append_c(out, *p);
		else if (strchr(",()", *next) == NULL && strchr(",( ", out->str[out->len - 1]) == NULL)
			g_string_append_c(out, ' ');
	}
	return g_string_free(out, FALSE);
}

/* NAME: V in the one spelling of colours that programs change. Caller frees. */
static char *
spelt(const char *name, const char *v)
{
	unsigned part[3];

	if (!colour(v, part))
		return g_strdup_printf("%s:%s", name, v);
	return g_strdup_printf("%s:#%02x%02x%02x",
	    strcmp(name, "background") == 0 ? "background-color" : name, part[0], part[1], part[2]);
}

/* One "name: value" of a style; what is not known to be harmless goes to REST. */
static void
declaration(const char *text, GPtrArray *rest)
{
	const char *colon = strchr(text, ':');
	g_autofree char *name = colon != NULL ? g_strndup(text, (gsize)(colon - text)) : g_strdup("");
	g_autofree char *key = tidy(name), *value = tidy(colon != NULL ? colon + 1 : text);

	if (*value == '\0' && *key == '\0')
		return;
	/* what could be read in two ways, or loads something, is never harmless */
	if (strpbrk(text, "\\@{}<>&!;") != NULL || strstr(text, "/*") != NULL ||
	    strstr(value, "url(") != NULL || strstr(value, "expression") != NULL ||
	    strstr(value, "var(") != NULL || !is_known(key, value))
		g_ptr_array_add(rest, spelt(key, value));
}

static int
by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *
rn_forward_style(const char *style)
{
	g_auto(GStrv) parts = g_strsplit(style, ";", 60);
	g_autoptr(GPtrArray) rest = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; parts[i] != NULL; i++)
		declaration(parts[i], rest);
	if (rest->len == 0)
		return NULL;
	g_ptr_array_sort(rest, by_text);
	g_ptr_array_add(rest, NULL);
	return g_strjoinv(";", (char **)rest->pdata);
}

gboolean
rn_forward_style_shrinks(const char *style)
{
	g_autofree char *low = g_ascii_strdown(style, -1);
	gboolean relative;
	const char *end;

	for (const char *at = strstr(low, "font-size"); at != NULL; at = strstr(at + 1, "font-size")) {
		const char *value = at + strcspn(at, ":");
		double n;

		value += *value == ':' ? 1 : 0;
		n = length(value + strspn(value, " \t\r\n\f"), &relative, &end);
		if (n >= 0 && n < (relative ? 16 : SMALL))
			return TRUE;
	}
	return FALSE;
}
