/* settings_look.c: how letters look, and whether that can be read. */
#include <math.h>
#include <string.h>

#include "model/settings.h"

/* What the convention says, else what the site says. */
static const char *
either(const char *own, const char *site)
{
	return own != NULL && *own != '\0' ? own : site;
}

RnHouseLook
rn_settings_look(const RnSettings *s, const RnConvention *c)
{
	const RnSite *site = &s->site;

	return (RnHouseLook){
		.name = either(c != NULL ? c->look_name : NULL, site->name),
		.contact = either(c != NULL ? c->look_contact : NULL, site->contact),
		.phone = either(c != NULL ? c->look_phone : NULL, site->phone),
		.logo = either(c != NULL ? c->look_logo : NULL, site->look_logo),
		.colour = either(c != NULL ? c->look_colour : NULL, site->look_colour),
		.colour_dark = either(c != NULL ? c->look_colour_dark : NULL, site->look_colour_dark),
		.footer = either(c != NULL ? c->look_footer : NULL, site->look_footer),
	};
}

static const char *
picture_type(const char *data, gsize len)
{
	if (len > 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
		return "image/png";
	return len > 3 && memcmp(data, "\xff\xd8\xff", 3) == 0 ? "image/jpeg" : NULL;
}

GBytes *
rn_look_logo(const RnHouseLook *look, const char **type, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GBytes) bytes = NULL;
	char *data = NULL;
	gsize len = 0;

	*type = NULL;
	if (g_file_test(look->logo, G_FILE_TEST_EXISTS) && !g_file_test(look->logo, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "logo: %s is no file", look->logo);
		return NULL;
	}
	if (!g_file_get_contents(look->logo, &data, &len, &why)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "logo: %s", why->message);
		return NULL;
	}
	bytes = g_bytes_new_take(data, len);
	*type = picture_type(data, len);
	if (*type != NULL && len <= RN_LOGO_MAX)
		return g_steal_pointer(&bytes);
	if (*type == NULL)
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "logo: %s is neither PNG nor JPEG", look->logo);
	else
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "logo: %s has %" G_GSIZE_FORMAT
		    " bytes and goes out with every letter: make it smaller than %d",
		    look->logo, len, RN_LOGO_MAX);
	return NULL;
}

gboolean
rn_look_is_colour(const char *text)
{
	return text != NULL && text[0] == '#' && strlen(text) == 7 &&
	    strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

/* Relative luminance (WCAG 2.2). */
static double
luminance(const char *colour)
{
	static const double weights[] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double c =
		    (g_ascii_xdigit_value(colour[1 + 2 * i]) * 16 + g_ascii_xdigit_value(colour[2 + 2 * i])) /
		    255.0;

		sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

double
rn_look_contrast(const char *colour, const char *other)
{
	double a = luminance(colour), b = luminance(other);

	return (MAX(a, b) + 0.05) / (MIN(a, b) + 0.05);
}
