/* smime.h: verifying a detached CMS signature (RFC 5652, RFC 8551) by OpenSSL. Only in the parser child. */
#ifndef RN_MAIL_SMIME_H
#define RN_MAIL_SMIME_H

#include "mail/trust.h"
#include "model/registered.h"

/* Reads the configuration of OpenSSL (openssl.cnf), which a parser child could not find any more. Once per
 * process. */
void rn_smime_init(void);

/* Verifies that CMS (DER or BER) signs COVERED, whose line ends are made CRLF first, and that its one signer
 * chains to an anchor of TRUST (may be NULL) at the moment AT, seconds UTC. Fills signature, fault, weak,
 * detail, certificate, provider, signers and signed_at of REG; an earlier fault in REG stays. CMS NULL:
 * unreadable. */
void rn_smime_verify(const RnTrust *trust, GBytes *covered, GBytes *cms, gint64 at, RnRegistered *reg);

#endif
