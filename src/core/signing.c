#include "core/signing.h"

#include "base/log.h"
#include "base/world.h"
#include "mail/letter_sign.h"

/* The address in From. Caller frees. */
static char *
from_of(const RnSite *site)
{
	return site->account == RN_ACCOUNT_PEC ? g_strdup(site->pec_box) : rn_token_address(site, NULL);
}

gboolean
rn_signing_open(const RnSite *site, RnSigner **signer, GError **error)
{
	g_autoptr(RnSigner) s = NULL;
	g_autofree char *from = NULL;

	*signer = NULL;
	if (site->smime_key == NULL || *site->smime_key == '\0')
		return TRUE;
	from = from_of(site);
	s = rn_signer_load(site->smime_key, site->smime_certificate, error);
	if (s == NULL || !rn_signer_for_mail(s, from, rn_now(), error))
		return FALSE;
	*signer = g_steal_pointer(&s);
	return TRUE;
}

static void
say_unsigned(const char *why)
{
	rn_log(RN_LOG_ERROR, "-", "letter-unsigned", "why", why, "do",
	    "rinnova check says what is wrong with smime.key and smime.certificate; then restart", NULL);
}

void
rn_signing_start(RnEngine *e)
{
	g_autoptr(GError) error = NULL;

	if (!rn_signing_open(&e->settings->site, &e->signer, &error))
		say_unsigned(error->message);
}

GBytes *
rn_signing_letter(RnEngine *e, GBytes *raw, gint64 now)
{
	g_autoptr(GError) error = NULL;
	GBytes *signed_letter = NULL;

	if (e->signer == NULL)
		return g_bytes_ref(raw);
	if (rn_signer_until(e->signer) > MAX(now, rn_now()))
		signed_letter = rn_letter_sign(raw, e->signer, &error);
	if (signed_letter == NULL)
		say_unsigned(error != NULL ? error->message : "the certificate has expired");
	return signed_letter != NULL ? signed_letter : g_bytes_ref(raw);
}
