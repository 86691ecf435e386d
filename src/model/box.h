/* box.h: a certified mailbox (casella), its renewal period, and what the import says of it. */
#ifndef RN_MODEL_BOX_H
#define RN_MODEL_BOX_H

#include "base/day.h"
#include "model/words.h"

typedef struct {
	gint64		 id;		/* of the store; 0 = not stored */
	char		*name;		/* the PEC address, folded: NOMECASELLA */
	char		*holder;	/* intestatario */
	char		*reference;	/* mail di riferimento, folded */
	char		*reference2;	/* a second one, or NULL */
	char		*account;	/* provider login it belongs to, or NULL */
	char		*convention;	/* name of the [convention NAME] section */
	char		*type;		/* tipologia, such as "PEC FNOMCEO" */
	RnBoxState	 state;
	gboolean	 document;	/* the identity document is on file */
	gboolean	 business_register;	/* declared to the Registro delle Imprese */
	gboolean	 entitled;
	RnDay		 entitled_from;	/* and only from this day on, RN_DAY_NONE = open */
	RnDay		 entitled_to;	/* and only up to this day */
	char		*register_number;	/* the holder's in the Order's register (albo), or NULL */
	char		*language;	/* "it" */
	RnDay		 expiry;	/* last day of service */
	gint64		 period_id;	/* of the current period; 0 = none */
	guint64		 period_public;	/* its 40-bit public id */
} RnBox;

RnBox *rn_box_new(void);
void rn_box_free(RnBox *box);

/* Is its holder on the roll on DAY? */
gboolean rn_box_entitled(const RnBox *box, RnDay day);

/* The public case number of a period, said on the telephone and in subjects: "7K3M-9QTX" (8 characters of
 * Crockford base32 of the 40 bits, upper case). Caller frees. It is no secret: a token also needs the MAC. */
char *rn_case_number(guint64 period_public);

/* Reads a case number (case, '-' and i/l/o as in tokens); FALSE if it is none. */
gboolean rn_case_read(const char *text, guint64 *period_public);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnBox, rn_box_free)

#endif
