#include "core/doctor.h"

#include <string.h>

#include "core/desk.h"
#include "core/keep.h"
#include "core/preview.h"
#include "core/providers.h"

static void
check_keys(const RnSite *site, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnKeyRing) ring = rn_keyring_read(site->key_file, &error);

	rn_find_by(list, &error, "token keys", site->key_file,
	    "make it with rinnova init, or put it back from the backup; it wants mode 0640 or less");
}

static void
check_letters(const RnSite *site, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnLetters) letters = rn_letters_load(site->templates, FALSE, &error);
	g_autoptr(GPtrArray) wrong = g_ptr_array_new_with_free_func(g_free);

	if (letters != NULL)
		rn_letters_check(site->templates, wrong);
	if (wrong->len > 0) {
		rn_find_take(list, RN_FIND_WARN, "letters",
		    g_strdup_printf("%s%s", (const char *)g_ptr_array_index(wrong, 0),
		        wrong->len > 1 ? ", and more" : ""),
		    "rinnova template check says all of it");
		return;
	}
	rn_find_by(list, &error, "letters", site->templates,
	    "put the template right, or the one that was installed back");
}

void
rn_doctor_look(const RnSettings *s, GPtrArray *list)
{
	guint before = list->len;
	g_autofree char *verify = rn_token_verify_address(&s->site);

	rn_preview_look(s, list);
	if (*s->site.contact == '\0' && *s->site.phone == '\0')
		rn_find(list, RN_FIND_WARN, "look",
		    "letters tell members to call a person when in doubt, and name none",
		    "write contact or phone of [site]");
	if (list->len == before)
		rn_find(list, RN_FIND_OK, "look", "colours, logo and links", NULL);
	if (*verify != '\0')
		rn_find_take(list, RN_FIND_OK, "verify",
		    g_strdup_printf("registered members may forward a mail to %s", verify), NULL);
}

static void
check_languages(const RnSite *site, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnVocabulary) words =
	    rn_vocabulary_load(site->language_folder, (const char *const *)site->languages, &error);
	g_autofree char *names = g_strjoinv(" ", site->languages);
	g_autofree char *detail = g_strdup_printf(
	    "%s, %s", names, *site->language_folder != '\0' ? site->language_folder : "built in");

	rn_find_by(list, &error, "languages", detail, NULL);
}

void
rn_doctor_files(const RnSite *site, GPtrArray *list)
{
	check_keys(site, list);
	check_letters(site, list);
	check_languages(site, list);
}

/* Where the driver can be asked without asking for anything. */
static void
check_provider(const RnSettings *s, const RnConvention *c, GPtrArray *list)
{
	g_autoptr(RnProvider) p = rn_provider_new(c, s->tz);
	g_autofree char *text = NULL;
	char *why = NULL;
	gboolean ok = rn_provider_login(p, &why);

	text = g_strdup_printf("%s: %s", c->id, why);
	g_free(why);
	rn_find(list, ok ? RN_FIND_OK : RN_FIND_FAIL, "provider", text,
	    ok ? NULL :
	         "see provider-user, provider-password-file and the network; renewals wait until then");
}

void
rn_doctor_conventions(const RnSettings *s, gboolean login, GPtrArray *list)
{
	for (guint i = 0; login && i < s->conventions->len; i++)
		check_provider(s, g_ptr_array_index(s->conventions, i), list);
	for (guint i = 0; i < s->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(s->conventions, i);
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) contracts = rn_desk_contracts(c, &error);
		g_autofree char *detail = g_strdup_printf("%s, %u contracts, %d months, paid by %s", c->id,
		    contracts != NULL ? contracts->len : 0, c->term, c->payer);

		rn_find_by(list, &error, "convention", detail, "until then no summary can be written");
	}
}

void
rn_doctor_auth(const RnSite *site, GPtrArray *list)
{
	if (*site->authserv_id == '\0')
		rn_find(list, RN_FIND_WARN, "authserv-id",
		    "not set: no result of your mail server is trusted, so no sender is ever better than low",
		    "set authserv-id of [site]");
	else if (!site->results_stripped && !site->milter_strip)
		rn_find(list, RN_FIND_WARN, "authserv-id",
		    "nothing takes forged results off, so no result counts for more than low",
		    "see results-stripped of [site] and strip-results of [milter]");
	else if (site->results_stripped && site->milter_strip)
		rn_find(list, RN_FIND_WARN, "authserv-id",
		    "results-stripped and strip-results are both set: where the milter is away, results-stripped still vouches "
		    "for mail that nobody has stripped, unless the mail server does it as well",
		    "leave only the one that is true");
	else
		rn_find(list, RN_FIND_OK, "authserv-id", site->authserv_id, NULL);
}
