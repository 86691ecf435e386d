/* mta_postfix.c: who takes mail for our domain, which addresses are accepted, and where they lead. */
#include <string.h>

#include "base/text.h"
#include "core/mta_inside.h"
#include "mail/token.h"

/* A domain is of one of these classes, looked for in this order (ADDRESS_CLASS_README). */
typedef struct {
	const char	*list;		/* setting with the domains */
	const char	*maps;		/* with the recipients */
	const char	*transport;	/* where mail goes that no transport map names */
} Class;

static const Class classes[] = {
	{ "mydestination", "local_recipient_maps", "local_transport" },
	{ "virtual_alias_domains", "virtual_alias_maps", "default_transport" },
	{ "virtual_mailbox_domains", "virtual_mailbox_maps", "virtual_transport" },
	{ "relay_domains", "relay_recipient_maps", "relay_transport" },
};

/* Patterns see the whole address only. */
static gboolean
is_pattern(const char *map)
{
	return g_str_has_prefix(map, "regexp:") || g_str_has_prefix(map, "pcre:");
}

/* The keys that Postfix tries for ADDR, in order. */
static char **
keys_for(const RnMtaLook *l, const char *addr, gboolean at)
{
	g_autoptr(GStrvBuilder) keys = g_strv_builder_new();
	const char *domain = rn_addr_domain(addr),
	           *delimiters = rn_postconf_get(l->conf, "recipient_delimiter");
	gsize len = (gsize)(domain - 1 - addr), cut = *delimiters != '\0' ? strcspn(addr, delimiters) : len;
	g_autofree char *whole = g_ascii_strdown(addr, -1);
	g_autofree char *name = g_strndup(whole, MIN(cut, len));
	g_autofree char *bare = g_strdup_printf("%s@%s", name, domain);
	g_autofree char *rest = g_strdup_printf("%s%s", at ? "@" : "", domain);

	g_strv_builder_add(keys, whole);
	if (strcmp(bare, whole) != 0)
		g_strv_builder_add(keys, bare);
	if (at)
		g_strv_builder_add(keys, name);
	g_strv_builder_add(keys, rest);
	return g_strv_builder_end(keys);
}

/* What one MAP has for the first of KEYS that it knows. */
static char *
find_in(const RnMtaLook *l, const char *point, const char *map, char **keys)
{
	const char *whole[] = { keys[0], NULL };
	g_autoptr(GError) error = NULL;
	char *value =
	    rn_postconf_lookup(l->conf, map, is_pattern(map) ? whole : (const char *const *)keys, &error);

	if (error != NULL)
		rn_mta_say(l->list, RN_MTA_WARN, point, "%s cannot be read here: %s", map, error->message);
	return value;
}

char *
rn_mta_find(const RnMtaLook *l, const char *point, const char *maps, const char *addr, gboolean at)
{
	g_auto(GStrv) list = rn_mta_words(maps), keys = keys_for(l, addr, at);

	for (guint i = 0; list[i] != NULL; i++) {
		char *value = strchr(list[i], ':') != NULL ? find_in(l, point, list[i], keys) : NULL;

		if (value != NULL)
			return value;
	}
	return NULL;
}

gboolean
rn_mta_listed(const RnMtaLook *l, const char *name, const char *domain, gboolean parents)
{
	g_auto(GStrv) list = rn_mta_words(rn_postconf_get(l->conf, name));

	for (guint i = 0; list[i] != NULL; i++) {
		g_autofree char *found = NULL, *tail = g_strdup_printf(".%s", list[i]);
		char *only[] = { (char *)domain, NULL };

		if (strchr(list[i], ':') != NULL)
			found = find_in(l, name, list[i], only);
		if (found != NULL || g_ascii_strcasecmp(list[i], domain) == 0 ||
		    (parents && g_str_has_suffix(domain, tail)))
			return TRUE;
	}
	return FALSE;
}

static const Class *
class_of(const RnMtaLook *l)
{
	for (gsize i = 0; i < G_N_ELEMENTS(classes); i++)
		if (rn_mta_listed(l, classes[i].list, l->site->domain, i == G_N_ELEMENTS(classes) - 1))
			return &classes[i];
	return NULL;
}

/* FALSE if it is another one: then nothing can be said of addresses. */
static gboolean
check_delimiter(const RnMtaLook *l)
{
	const char *theirs = rn_postconf_get(l->conf, "recipient_delimiter"), *ours = l->site->delimiter;

	if (*ours == '\0') {
		rn_mta_say(l->list, RN_MTA_OK, "delimiter", "none: the whole domain is ours");
		return TRUE;
	}
	if (strstr(theirs, ours) != NULL) {
		rn_mta_say(l->list, RN_MTA_OK, "delimiter", "%s", theirs);
		return TRUE;
	}
	rn_mta_say(l->list, RN_MTA_FAIL, "delimiter",
	    "recipient_delimiter is \"%s\", site.delimiter is \"%s\"; write in main.cf: recipient_delimiter = %s",
	    theirs, ours, ours);
	return FALSE;
}

/* Does main.cf accept ADDR, and only what exists? */
static void
check_recipients(const RnMtaLook *l, const Class *c)
{
	g_autofree char *nobody = g_strdup_printf("nessuno.qui.x7@%s", l->site->domain);
	const char *maps = rn_postconf_get(l->conf, c->maps);
	g_autofree char *token = NULL, *public = NULL, *stranger = NULL;

	if (*maps == '\0') {
		rn_mta_say(l->list, RN_MTA_WARN, "recipients",
		    "%s is empty: any address of %s is accepted, and bounces later; write in main.cf: %s = texthash:/etc/postfix/rinnova-recipients",
		    c->maps, l->site->domain, c->maps);
		return;
	}
	token = rn_mta_find(l, "recipients", maps, l->token, TRUE);
	public = rn_mta_find(l, "recipients", maps, l->public, TRUE);
	stranger = rn_mta_find(l, "recipients", maps, nobody, TRUE);
	if (token == NULL || public == NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "recipients",
		    "%s does not know %s, which is refused; add texthash:/etc/postfix/rinnova-recipients to it, with the line: %s OK",
		    c->maps, token == NULL ? l->token : l->public, l->public);
	else if (stranger != NULL)
		rn_mta_say(l->list, RN_MTA_WARN, "recipients",
		    "%s accepts any address of %s, and bounces later; name the addresses in it", c->maps,
		    l->site->domain);
	else
		rn_mta_say(l->list, RN_MTA_OK, "recipients", "%s accepts ours and no unknown ones", c->maps);
}

/* Where mail for ADDR goes: "transport:nexthop"; caller frees. */
static char *
route(const RnMtaLook *l, const Class *c, const char *addr)
{
	const char *usual = rn_postconf_get(l->conf, c->transport), *sign;
	char *found = rn_mta_find(l, "transport", rn_postconf_get(l->conf, "transport_maps"), addr, FALSE);

	if (found == NULL || *found == '\0' || *found == ':') {
		g_free(found);
		return g_strdup(usual);
	}
	sign = strchr(found, ':');
	return sign != NULL ? found : g_strconcat(found, ":", NULL);
}

/* ALIAS is what virtual_alias_maps makes of our address: NULL, or a list of addresses. Postfix takes off all
 * that came of a recipient when a milter takes the recipient off (cleanup_milter.c). */
static void
check_alias(const RnMtaLook *l, const char *alias)
{
	g_auto(GStrv) list = rn_mta_words(alias != NULL ? alias : "");
	const char *other = NULL;
	guint ours = 0;

	for (guint i = 0; list[i] != NULL; i++)
		if (rn_token_address_ours(l->site, list[i]))
			ours++;
		else
			other = list[i];
	if (other != NULL && ours == 0)
		rn_mta_say(l->list, RN_MTA_FAIL, "alias",
		    "virtual_alias_maps turns %s into %s; take that line away, or the token is lost",
		    l->token, alias);
	else if (other != NULL && l->site->milter_mode == RN_MILTER_HANDOVER)
		rn_mta_say(l->list, RN_MTA_FAIL, "alias",
		    "virtual_alias_maps gives our mail to %s as well, which gets none of what the milter hands over; write in rinnova.conf: mode = gate, or make the copy by recipient_bcc_maps",
		    other);
}

static void
check_route(const RnMtaLook *l, const Class *c)
{
	const char *aliases = rn_postconf_get(l->conf, "virtual_alias_maps");
	g_autofree char *alias = rn_mta_find(l, "alias", aliases, l->token, TRUE);
	g_autofree char *token = route(l, c, l->token), *public = route(l, c, l->public);

	check_alias(l, alias);
	if (strcmp(token, public) != 0 && *l->site->delimiter != '\0')
		rn_mta_say(l->list, RN_MTA_FAIL, "transport",
		    "%s goes to %s, but %s to %s; one line in the transport map is for both: %s", l->public,
		    public, l->token, token, l->public);
	rn_mta_door(l, token);
}

/* Is the address that verifies, if there is one, taken and led where the others go? */
static void
check_verify(const RnMtaLook *l, const Class *c)
{
	g_autofree char *addr = rn_token_verify_address(l->site), *public = route(l, c, l->public);
	const char *maps = rn_postconf_get(l->conf, c->maps);
	const char *aliases = rn_postconf_get(l->conf, "virtual_alias_maps");
	g_autofree char *known = NULL, *alias = NULL, *there = NULL;

	if (*addr == '\0')
		return;
	known = rn_mta_find(l, "verify", maps, addr, TRUE);
	alias = rn_mta_find(l, "verify", aliases, addr, TRUE);
	there = route(l, c, addr);
	if (*maps != '\0' && known == NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "verify",
		    "%s does not know %s, which is refused; write in /etc/postfix/rinnova-recipients: %s OK",
		    c->maps, addr, addr);
	else if (alias != NULL && !rn_token_address_ours(l->site, alias))
		rn_mta_say(l->list, RN_MTA_FAIL, "verify",
		    "virtual_alias_maps turns %s into %s; take that line away", addr, alias);
	else if (strcmp(there, public) != 0)
		rn_mta_say(l->list, RN_MTA_FAIL, "verify",
		    "%s goes to %s, but %s to %s; write in the transport map: %s  %s", addr, there, l->public,
		    public, addr, public);
	else if (!rn_mta_alias_leads(l, public, l->site->verify))
		rn_mta_say(l->list, RN_MTA_FAIL, "verify",
		    "no alias leads %s to rinnova deliver; write it as the one of %s, with --rcpt %s", addr,
		    l->site->localpart, addr);
	else
		rn_mta_say(l->list, RN_MTA_OK, "verify", "%s goes where %s goes", addr, l->public);
}

static void
check_domain(const RnMtaLook *l)
{
	const Class *c = class_of(l);

	if (c == NULL) {
		rn_mta_say(l->list, RN_MTA_FAIL, "domain",
		    "this Postfix takes no mail for %s; write in main.cf: relay_domains = %s",
		    l->site->domain, l->site->domain);
		return;
	}
	rn_mta_say(l->list, RN_MTA_OK, "domain", "%s is in %s", l->site->domain, c->list);
	check_recipients(l, c);
	check_route(l, c);
	check_verify(l, c);
}

GPtrArray *
rn_mta_postfix(const RnSite *site, const char *dir, GError **error)
{
	g_autoptr(RnPostconf) conf = rn_postconf_read(dir, error);
	RnMtaLook l = { .site = site, .conf = conf };

	if (conf == NULL)
		return NULL;
	l.list = rn_mta_findings();
	l.token = rn_mta_sample(site);
	l.public = rn_token_address(site, NULL);
	if (check_delimiter(&l))
		check_domain(&l);
	rn_mta_guard(&l);
	rn_mta_milter(&l);
	g_free(l.token);
	g_free(l.public);
	return l.list;
}
