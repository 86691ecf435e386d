/* doctor_trust.c: whose signatures are believed. */
#include "base/world.h"
#include "core/doctor.h"
#include "core/pack.h"
#include "core/signing.h"

#define MONTH ((gint64)30 * 86400)

/* One line for each certificate that is believed; warnings for what an administrator should not leave so. */
static void
show_anchors(const char *what, const RnTrust *trust, gboolean pec, gint64 now, GPtrArray *list)
{
	for (guint i = 0; i < trust->anchors->len; i++) {
		g_auto(RnAnchorFace) face = { 0 };
		g_autofree char *ends = NULL;

		rn_trust_face(trust, i, &face);
		ends = rn_day_iso((RnDay)(face.ends / 86400));
		rn_find_take(list, face.ends < now ? RN_FIND_WARN : RN_FIND_OK, what,
		    g_strdup_printf("%s (%s), until %s, SHA-256 %s%s%s%s", face.subject, face.file, ends,
		        face.fingerprint, pec ? ", " : "",
		        !pec                   ? "" :
		            face.known != NULL ? "key of " :
		                                 "unknown key",
		        pec && face.known != NULL ? face.known : ""),
		    face.ends < now ?
		        "it has ended, and nothing that leads to it is believed: fetch its successor" :
		        NULL);
		if (pec && !face.constrained)
			rn_find_take(list, RN_FIND_WARN, what,
			    g_strdup_printf(
			        "%s names no domains that it may certify (name constraints): whoever has a "
			        "certificate of it could sign as any PEC provider",
			        face.subject),
			    "use AgID CA1, which names them");
	}
}

/* One line for each revocation list: past its time, it holds all mail of its issuer. */
static void
show_crls(const char *what, const RnTrust *trust, gint64 now, GPtrArray *list)
{
	for (guint i = 0; i < trust->crls->len; i++) {
		gint64 ends;
		g_autofree char *issuer = rn_trust_crl_face(trust, i, &ends);
		g_autofree char *day =
		    ends != 0 ? rn_day_iso((RnDay)(ends / 86400)) : g_strdup("an unknown day");
		gboolean over = ends != 0 && ends < now;

		rn_find_take(list, over ? RN_FIND_WARN : RN_FIND_OK, what,
		    g_strdup_printf("of %s, until %s%s", issuer, day,
		        over ? ": what its issuer certified proves nothing" : ""),
		    over ? "fetch a new one, and restart the doors" : NULL);
	}
}

static void
check_signatures(const RnSite *site, gint64 now, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnTrust) pec = rn_trust_load(site->pec_anchors, site->pec_crl, site->pec_sha1, &error);
	g_autoptr(RnTrust) smime =
	    pec != NULL ? rn_trust_load(site->smime_anchors, site->smime_crl, FALSE, &error) : NULL;

	if (smime == NULL) {
		rn_find_by(list, &error, "signatures", NULL, NULL);
		return;
	}
	show_anchors("PEC anchor", pec, TRUE, now, list);
	show_anchors("S/MIME anchor", smime, FALSE, now, list);
	show_crls("PEC list", pec, now, list);
	show_crls("S/MIME list", smime, now, list);
	if (pec->anchors->len == 0)
		rn_find(list, RN_FIND_OK, "PEC anchor",
		    "none: mail in a PEC envelope waits for a person (key anchors of [pec])", NULL);
}

/* Whose time-stamps are believed, and whether evidence can be signed. */
static void
check_evidence(const RnSite *site, gint64 now, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnTrust) trust = rn_trust_load(site->timestamp_anchors, NULL, FALSE, &error);
	g_autoptr(RnSigner) signer = NULL;

	if (trust != NULL && *site->timestamp_url != '\0' && trust->anchors->len == 0)
		g_set_error(&error, RN_ERROR, RN_ERR_CONFIG, "%s: there is no certificate in it",
		    site->timestamp_anchors);
	if (trust == NULL || error != NULL) {
		rn_find_by(list, &error, "time-stamps", NULL, NULL);
		return;
	}
	show_anchors("time-stamps", trust, FALSE, now, list);
	if (*site->evidence_key == '\0')
		return;
	signer = rn_signer_load(site->evidence_key, site->evidence_certificate, &error);
	rn_find_by(list, &error, "evidence key", signer != NULL ? site->evidence_key : NULL, NULL);
}

/* The key that signs our letters, where one is configured. */
static void
check_letter_key(const RnSite *site, gint64 now, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnSigner) signer = NULL;
	g_autofree char *until = NULL;
	gboolean soon;

	if (!rn_signing_open(site, &signer, &error)) {
		rn_find_by(
		    list, &error, "letter key", NULL, "put the key right: until then no letter is written");
		return;
	}
	if (signer == NULL)
		return;
	until = rn_day_iso((RnDay)(rn_signer_until(signer) / 86400));
	soon = rn_signer_until(signer) - now < MONTH;
	rn_find_take(list, soon ? RN_FIND_WARN : RN_FIND_OK, "letter key",
	    g_strdup_printf("%s, until %s", site->smime_certificate, until),
	    soon ? "have a new certificate issued, or letters leave unsigned from then on" : NULL);
}

void
rn_doctor_trust(const RnSite *site, gint64 now, GPtrArray *list)
{
	check_letter_key(site, now, list);
	check_signatures(site, now, list);
	check_evidence(site, now, list);
}
