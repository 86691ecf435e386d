/* signer_inside.h: what a signer holds. Only signer*.c include it. */
#ifndef RN_MAIL_SIGNER_INSIDE_H
#define RN_MAIL_SIGNER_INSIDE_H

#include <openssl/x509.h>

#include "mail/signer.h"

struct RnSigner {
	EVP_PKEY	*key;
	X509		*cert;
	STACK_OF(X509) * chain;
};

#endif
