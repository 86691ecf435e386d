#include <string.h>

#include "mail/fold.h"
#include "mail/typed_lines.h"

/* Days and months as mail programs write them, folded, by their beginnings; a number must stand near a month,
 * and any of them near a number. */
static const char *const months[] = { "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott",
	"nov", "dic", "jan", "may", "jun", "jul", "aug", "sep", "oct", "dec", "mai", "okt", "dez", "janv",
	"fevr", "avr", "juin", "juil", "aout", "sept", "des", "ene", "abr", "maj", "maggio", "sty", "lut",
	"kwi", "cze", "lip", "sie", "wrz", "paz", "lis", "gru", "out", "fev", "tammi", "helmi", "maalis",
	"huhti", "touko", "kesa", "heina", "elo", "syys", "loka", "marras", "joulu", "янв", "фев", "мар",
	"апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "серп", "вер", "жовт", NULL };

static const char *const weekdays[] = { "lun", "mar", "mer", "gio", "ven", "sab", "dom", "mon", "tue", "wed",
	"thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so", "jeu", "dim", "pon", "tor",
	"sre", "cet", "pet", "ned", "lunedi", "martedi", "mercoledi", "giovedi", "venerdi", "sabato",
	"domenica", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "montag",
	"dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "lundi", "mardi", "mercredi",
	"jeudi", "vendredi", "samedi", "dimanche", "ponedeljek", "torek", "sreda", "cetrtek", "petek",
	"sobota", "nedelja", "don", "die", "mit", "tir", "ons", "lor", "jueves", "lunes", "martes",
	"miercoles", "viernes", "domingo", "пн", "вт", "ср", "чт", "пт", "сб", "вс", NULL };

/* Is WORD (letters, then perhaps a dot) one of LIST? A month may go on after its beginning. */
static gboolean
listed(const char *word, const char *const *list, gboolean begins)
{
	for (; *list != NULL; list++) {
		gsize n = strlen(*list);

		if (strncmp(word, *list, n) != 0)
			continue;
		if (word[n] == '\0' || (begins && n >= 3 && strlen(word) <= 12))
			return TRUE;
	}
	return FALSE;
}

/* How many digits TEXT begins with. */
static gsize
digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* "23/11/2026", "23.11.26", "23-11-2026", "2026-11-23", "23-nov-2026", "10:15", "10.15". */
static gboolean
date_word(const char *word)
{
	gsize a = digits(word), b, c;
	const char *p = word + a;

	if (a == 0 || a > 4 || *p == '\0' || strchr("/.-:", *p) == NULL)
		return FALSE;
	b = digits(p + 1);
	if (b == 0 && *p == '-')
		return g_ascii_isalpha(p[1]);
	if (b == 0 || b > 2)
		return FALSE;
	if (*p == ':' || (*p == '.' && a <= 2 && b == 2))
		return TRUE;
	c = p[1 + b] == *p ? digits(p + 2 + b) : 0;
	return c == 1 || c == 2 || c == 4 || (*p == '/' && a <= 2 && c == 0 && p[1 + b] == '\0');
}

/* "23", "23.", "1st", "2026,". */
static gboolean
plain_number(const char *word)
{
	gsize a = digits(word);

	return (a == 1 || a == 2 || a == 4) && (word[a] == '\0' || word[a] == '.' || word[a] == ',');
}

/* "10 de julho", "3 di marzo": the number stands one word further off. */
static gboolean
is_link(const char *word)
{
	return strcmp(word, "de") == 0 || strcmp(word, "di") == 0 || strcmp(word, "del") == 0 ||
	    strcmp(word, "of") == 0;
}

gboolean
rn_date_in(const char *fold, guint *where)
{
	g_auto(GStrv) words = g_strsplit(fold, " ", 64);

	for (guint i = 0; words[i] != NULL; i++) {
		const char *before = i > 0 ? words[i - 1] : "",
		           *after = words[i + 1] != NULL ? words[i + 1] : "";
		gboolean near = plain_number(before) || plain_number(after) || date_word(before) ||
		    date_word(after) || (i > 1 && is_link(before) && plain_number(words[i - 2]));
		g_autofree char *bare = g_strdup(words[i] + strspn(words[i], "(\"'-*"));
		gsize len = strcspn(bare, ".,;:)");
		gboolean dated = date_word(bare);

		if (!dated && len > 0 && near) {
			bare[len] = '\0';
			dated = listed(bare, months, TRUE) || listed(bare, weekdays, FALSE);
		}
		if (dated && where != NULL)
			*where = i;
		if (dated)
			return TRUE;
	}
	return FALSE;
}

gboolean
rn_address_in(const char *fold)
{
	for (const char *at = strchr(fold, '@'); at != NULL; at = strchr(at + 1, '@')) {
		if (at > fold && (g_ascii_isalnum(at[-1]) || strchr("_-+.\"'", at[-1]) != NULL) &&
		    g_ascii_isalnum(at[1]))
			return TRUE;
	}
	return FALSE;
}
