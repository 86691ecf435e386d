/* doctor.h: is this site in order? Each part appends what it finds to LIST (core/finding.h), and what it
 * finds wrong is no error. `rinnova check` has all of it; the courier answers an administrator's mail to
 * selftest@ with what it can see. */
#ifndef RN_CORE_DOCTOR_H
#define RN_CORE_DOCTOR_H

#include "core/engine.h"
#include "core/finding.h"

/* Keys, letters, languages: what the configuration names. */
void rn_doctor_files(const RnSite *site, GPtrArray *list);

/* The look of the letters: contrast of its colours, its logo, the length of the links; and the address that
 * verifies, if there is one. */
void rn_doctor_look(const RnSettings *s, GPtrArray *list);

/* The store as it is opened here for reading: schema, integrity, rights, free space, keys. */
void rn_doctor_store(const RnSite *site, GPtrArray *list);

/* The clock against the store and the kernel; when the daily work and the courier were last seen; letters
 * that wait. STORE may be NULL. */
void rn_doctor_time(const RnSettings *s, RnStore *store, gint64 now, GPtrArray *list);

/* Which certificates are believed, what they are worth; time-stamps; the key that signs evidence. */
void rn_doctor_trust(const RnSite *site, gint64 now, GPtrArray *list);

/* Each convention: contracts; can the provider be asked? LOGIN: it is, where its driver can tell by a login.
 */
void rn_doctor_conventions(const RnSettings *s, gboolean login, GPtrArray *list);

/* Are results about senders to be believed? */
void rn_doctor_auth(const RnSite *site, GPtrArray *list);

/* SPF, DMARC and DKIM of the domain that letters leave from, as the DNS tells them; where it tells nothing
 * that is no fault of the site. */
void rn_doctor_dns(const RnSite *site, GPtrArray *list);

/* The units in FOLDERS (NULL: where systemd looks) that start this program: is each in its sandbox? */
void rn_doctor_units(const char *const *folders, GPtrArray *list);

/* Does somebody listen on the socket of lmtpd? */
void rn_doctor_door(const RnSite *site, GPtrArray *list);

#endif
