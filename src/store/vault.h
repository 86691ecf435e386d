/* vault.h: bytes of members at rest: raw mails and documents, encrypted with AES-256-GCM where the site has a
 * key for it.
 *
 *   NUL "RNV1", 4 bytes of the key's SHA-256, nonce (12), ciphertext, tag (16)
 *   NUL "RNP1", the bytes: in the clear, though they begin like one of these two
 *
 * Label and name are authenticated with it, so that no row can stand for another. */
#ifndef RN_STORE_VAULT_H
#define RN_STORE_VAULT_H

#include "base/base.h"

/* Labels. */
#define RN_VAULT_MAIL "mail"
#define RN_VAULT_DOCUMENT "document"

typedef struct RnVault RnVault;

/* A vault with the keys in FILES (NULL or empty: NULL without an error): each one line of 64 hex digits, as
 * base/secret.h reads it. The first key encrypts, all decrypt. KEY is the configuration's, for errors. NULL
 * with RN_ERR_CONFIG. */
RnVault *rn_vault_read(const char *key, char *const *files, GError **error);
void rn_vault_free(RnVault *vault);

/* A new key in FILE, which must not exist yet, mode 0600. FALSE with RN_ERR_CONFIG or RN_ERR_STATE. */
gboolean rn_vault_key_create(const char *file, GError **error);

/* PLAIN as it is kept; without a vault in the clear. NULL plain gives NULL. */
GBytes *rn_vault_seal(const RnVault *vault, const char *label, const char *name, GBytes *plain);

/* What KEPT holds. NULL with RN_ERR_CONFIG (no key fits) or RN_ERR_STORE (changed, or of another row); errors
 * name LABEL and NAME. KEPT NULL gives NULL without an error. */
GBytes *rn_vault_open(
    const RnVault *vault, const char *label, const char *name, GBytes *kept, GError **error);

/* Is KEPT encrypted with the first key of VAULT? */
gboolean rn_vault_current(const RnVault *vault, GBytes *kept);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnVault, rn_vault_free)

#endif
