/* machine_subject.h: what the beginning of a subject tells. Room of machine.c. */
#ifndef RN_MAIL_MACHINE_SUBJECT_H
#define RN_MAIL_MACHINE_SUBJECT_H

#include "model/words.h"

/* The class that SUBJECT (decoded, UTF-8) shows by its beginning, RN_CLASS_HUMAN if none. "Re: Risposta
 * automatica" begins with "Re:": a person answers. PEC: it comes from a PEC provider's own address, so that
 * the subjects of receipts count. *WHY gets the reason; caller frees. */
RnClass rn_subject_class(const char *subject, gboolean pec, char **why);

/* Is SUBJECT about delivery? A postmaster may be a person; one who writes about delivery is none. */
gboolean rn_subject_delivery(const char *subject);

/* Does TYPED read like the text of an autoresponder? One phrase that says so, or two of absence. Only a hint:
 * whoever asks must know that the text says nothing else that we understand. */
gboolean rn_body_automatic(const char *typed);

#endif
