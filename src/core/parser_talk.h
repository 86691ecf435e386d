/* parser_talk.h: the daemon's talk with one parser child. Only parser*.c include it. */
#ifndef RN_CORE_PARSER_TALK_H
#define RN_CORE_PARSER_TALK_H

#include "model/envelope.h"
#include "model/facts.h"
#include "model/registered.h"

/* The daemon's end of the line to a child. */
typedef struct {
	int	sock;
	int	pidfd;
	guint	used;
} RnParserLine;

/* What a child is asked: the facts of RAW (PART is RN_PART_NONE), or the bytes of one part. Owns nothing. */
typedef struct {
	GBytes		*raw;
	const RnEnvelope *env;		/* may be NULL */
	GBytes		*letter;	/* may be NULL */
	guint32		 look;		/* RnLook */
	guint32		 part;		/* index, or RN_PART_NONE */
	gint64		 at;		/* of a seal: when the message was taken */
	gboolean	 fresh;		/* by a child that has read nothing before */
	guint32		 max;		/* bytes of the answer */
	RnFacts		**facts;	/* gets what the answer says, where facts are asked for; else NULL */
	RnRegistered	**registered;	/* the same for a seal */
	GPtrArray	**shown;	/* the same for the mails that it shows */
} RnParserQuestion;

typedef enum { RN_TALK_DONE, RN_TALK_REFUSED, RN_TALK_DIED } RnTalk;

/* Asks Q and waits for the answer until UNTIL (rn_monotonic). RN_TALK_DONE: *ANSWER is the caller's.
 * RN_TALK_REFUSED: the child says in *WHY what is wrong with the message. RN_TALK_DIED: the child is dead,
 * late or lies, and is not to be used again. */
RnTalk rn_parser_talk(
    RnParserLine *c, const RnParserQuestion *q, gint64 until, GBytes **answer, GError **why);

/* Ends the child behind C and frees C. It is killed in any case: one that was stopped or taken over would not
 * see its dismissal. */
void rn_parser_hang_up(RnParserLine *c);

#endif
