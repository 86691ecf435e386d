/* doctor_dns.c: what the DNS tells other mail servers of our letters. */
#include <string.h>

#include "base/text.h"
#include "core/doctor.h"
#include "net/dns.h"

#define MS 2000		/* for one question */

/* Names that are nobody's (RFC 2606, RFC 6761). */
static gboolean
is_reserved(const char *domain)
{
	static const char *const tops[] = { "example", "test", "invalid", "localhost", "local", "example.com",
		"example.org", "example.net" };

	for (guint i = 0; i < G_N_ELEMENTS(tops); i++) {
		g_autofree char *below = g_strconcat(".", tops[i], NULL);

		if (g_str_equal(domain, tops[i]) || g_str_has_suffix(domain, below))
			return TRUE;
	}
	return FALSE;
}

/* FALSE once no name server answers: then the other questions are not asked. */
static gboolean
ask(const char *point, const char *name, const char *prefix, const char *todo, GPtrArray *list)
{
	char *text = NULL;
	RnDnsEnd end = rn_dns_txt(name, prefix, MS, &text);

	if (end == RN_DNS_UNKNOWN)
		rn_find_take(list, RN_FIND_OK, point,
		    g_strdup_printf("not known: no name server answers about %s", name), NULL);
	else if (end == RN_DNS_NONE)
		rn_find_take(list, RN_FIND_WARN, point, g_strdup_printf("%s has no such record", name), todo);
	else {
		g_autofree char *plain = rn_text_plain(text);

		rn_find_take(list, RN_FIND_OK, point, g_strdup_printf("%s: %.100s", name, plain), NULL);
	}
	g_free(text);
	return end != RN_DNS_UNKNOWN;
}

/* The selector that OpenDKIM on this machine signs with; NULL where it is not known. */
static char *
selector(void)
{
	g_auto(GStrv) lines = NULL;
	char *text = NULL;

	if (!g_file_get_contents("/etc/opendkim.conf", &text, NULL, NULL))
		return NULL;
	lines = g_strsplit(text, "\n", -1);
	g_free(text);
	for (guint i = 0; lines[i] != NULL; i++)
		if (g_str_has_prefix(lines[i], "Selector") && g_ascii_isspace(lines[i][8]))
			return g_strstrip(g_strdup(lines[i] + 8));
	return NULL;
}

static void
ask_dkim(const char *domain, GPtrArray *list)
{
	g_autofree char *with = selector();
	g_autofree char *name = with != NULL ? g_strdup_printf("%s._domainkey.%s", with, domain) : NULL;

	if (name == NULL)
		rn_find(list, RN_FIND_OK, "DKIM", "not known: /etc/opendkim.conf names no Selector", NULL);
	else
		ask("DKIM", name, "", "publish the key that opendkim-genkey has written", list);
}

void
rn_doctor_dns(const RnSite *site, GPtrArray *list)
{
	const char *domain = site->account == RN_ACCOUNT_PEC ? rn_addr_domain(site->pec_box) : site->domain;
	g_autofree char *policy = g_strconcat("_dmarc.", domain, NULL);

	if (is_reserved(domain)) {
		rn_find_take(list, RN_FIND_OK, "SPF",
		    g_strdup_printf("not asked for: %s is a name for examples and tests", domain), NULL);
		return;
	}
	if (!ask("SPF", domain, "v=spf1", "publish a TXT record such as \"v=spf1 mx -all\"", list) ||
	    !ask(
	        "DMARC", policy, "v=DMARC1", "publish a TXT record such as \"v=DMARC1; p=quarantine\"", list))
		return;
	ask_dkim(domain, list);
}
