/* absence.c: "sarò assente fino al 24 agosto": the day on which somebody is back, out of an autoresponder's
 * text. */
#include <stdlib.h>
#include <string.h>

#include "mail/fold.h"
#include "mail/report.h"

#define MAX_WORDS 600
#define REACH 6		/* words between the word of return and its date */

/* The months by their beginnings, folded, in the languages of the neighbourhood. */
static const char *const months[12][6] = {
	{ "gen", "jan", "janv" }, { "feb", "fev" }, { "mar" }, { "apr", "avr" }, { "mag", "may", "mai", "maj" },
	{ "giu", "jun", "juin" }, { "lug", "jul", "juil" }, { "ago", "aug", "aou", "avg" }, { "set", "sep" },
	{ "ott", "oct", "okt" }, { "nov" }, { "dic", "dec", "dez" },
};

/* Words before the day of return, or before the last day of absence. */
static const char *const markers[] = { "fino", "sino", "al", "rientro", "rientrero", "ritorno", "ritornero",
	"tornero", "riapre", "riaprira", "riapertura", "riprendera", "dal", "disponibile", "until", "till",
	"through", "back", "return", "returning", "to", "bis", "zuruck", "wieder", "ab", "jusqu", "retour",
	"au", "do", "vrnem", "spet", "nazaj", NULL };

static int
month_of(const char *word)
{
	for (int m = 0; m < 12; m++) {
		for (guint k = 0; k < 6 && months[m][k] != NULL; k++) {
			if (g_str_has_prefix(word, months[m][k]) && strlen(word) <= 10)
				return m + 1;
		}
	}
	return 0;
}

/* "24", "24.", "1st": a day of the month; 0 if it is none. */
static int
day_number(const char *word)
{
	gsize n = strspn(word, "0123456789");
	guint64 day = n >= 1 && n <= 2 ? g_ascii_strtoull(word, NULL, 10) : 0;
	const char *rest = word + n;

	if (day < 1 || day > 31 || !(strlen(rest) <= 2 && !g_ascii_isdigit(*rest)))
		return 0;
	return (int)day;
}

static char *
iso(int year, int month, int day)
{
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return NULL;
	if (year > 0 && year < 100)
		year += 2000;
	if (year != 0 && (year < 2000 || year > 2099))
		return NULL;
	return year != 0 ? g_strdup_printf("%04d-%02d-%02d", year, month, day) :
	                   g_strdup_printf("--%02d-%02d", month, day);
}

/* "24/08/2026", "24.8.", "24-08", "2026-08-24". */
static char *
numeric(const char *word)
{
	int n[3] = { 0 };
	guint count = 0;
	const char *p = word;

	while (count < 3 && g_ascii_isdigit(*p)) {
		gsize len = strspn(p, "0123456789");

		if (len > 4)
			return NULL;
		n[count++] = (int)g_ascii_strtoull(p, NULL, 10);
		p += len;
		if (*p == '\0' || strchr("/.-", *p) == NULL)
			break;
		p++;
	}
	if (count < 2 || *p != '\0')
		return NULL;
	if (n[0] > 31)
		return count == 3 ? iso(n[0], n[1], n[2]) : NULL;
	return iso(n[2], n[1], n[0]);
}

/* The date that begins at word I: "24 agosto 2026", "august 24", "24/8". NULL if none does. */
static char *
date_at(char **words, guint i, guint n)
{
	char *date = numeric(words[i]);
	int day = day_number(words[i]), month;
	guint next = i + 1;

	if (date != NULL)
		return date;
	if (day == 0 && next < n && (month = month_of(words[i])) != 0 && strlen(words[i]) >= 3)
		return (day = day_number(words[next])) != 0 ? iso(0, month, day) : NULL;
	if (day != 0 && next + 1 < n && (strcmp(words[next], "di") == 0 || strcmp(words[next], "of") == 0))
		next++;
	if (day == 0 || next >= n || (month = month_of(words[next])) == 0)
		return NULL;
	return iso(next + 1 < n && strspn(words[next + 1], "0123456789") == 4 ? atoi(words[next + 1]) : 0,
	    month, day);
}

char *
rn_absence_day(const char *text)
{
	g_autofree char *fold = rn_fold(text, -1);
	g_auto(GStrv) words = g_strsplit_set(fold, " ,;:!()'\"", MAX_WORDS);
	g_autoptr(GPtrArray) kept = g_ptr_array_new();
	guint reach = 0;
	char *found = NULL;

	for (guint i = 0; words[i] != NULL; i++) {
		gsize len = strlen(words[i]);

		while (len > 0 && words[i][len - 1] == '.')
			words[i][--len] = '\0';
		if (len > 0 && strcmp(words[i], "l") != 0)
			g_ptr_array_add(kept, words[i]);
	}
	/* the last one that is said: "dal 10 al 24 agosto, rientro il 25 agosto" */
	for (guint i = 0; i < kept->len; i++) {
		char *date;

		if (g_strv_contains(markers, g_ptr_array_index(kept, i)))
			reach = REACH;
		else if (reach > 0)
			reach--;
		if (reach == 0 || (date = date_at((char **)kept->pdata, i, kept->len)) == NULL)
			continue;
		g_free(found);
		found = date;
	}
	return found;
}
