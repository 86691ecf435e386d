/* parser_wire.h: what daemon, zygote and parser children say to each other. Only parser*.c include it. */
#ifndef RN_CORE_PARSER_WIRE_H
#define RN_CORE_PARSER_WIRE_H

#include "mail/head.h"

#define RN_ANSWER_MAX (4u << 20)	/* bytes of one answer; more is a liar */
#define RN_CHILD_MESSAGES 300	/* then a child is replaced: what leaks or was damaged in it goes with it */
#define RN_PART_NONE G_MAXUINT32	/* no part is asked for, but the facts */
#define RN_PART_MAX (256u << 20)	/* bytes of a part at most */
#define RN_BLOB_NONE G_MAXUINT32	/* length of a blob that is not there (NULL) */

/* The blobs of a request, in the order in which they follow the header. */
enum {
	RN_BLOB_RAW,
	RN_BLOB_LETTER,
	RN_BLOB_RCPT,
	RN_BLOB_SENDER,
	RN_BLOB_QUEUE_ID,
	RN_BLOB_CLIENT,
	RN_BLOB_N
};

/* Daemon to child. Same machine, same program: host byte order. */
typedef struct {
	guint32	len[RN_BLOB_N];
	guint32	part;			/* index of the part whose bytes are asked for, or RN_PART_NONE */
	guint32	max;			/* bytes of that part at most */
	gint64	taken;
} RnParserAsk;

/* Child to daemon: code 0 and the bytes of a variant of type RN_FACTS_TYPE, or of the part that was asked
 * for; or 1 + RnErrorCode and a text. */
typedef struct {
	guint32	code;
	guint32	len;
} RnParserAnswer;

/* Zygote to daemon, with the socket and the pidfd of a new child by SCM_RIGHTS where errnum is 0. */
typedef struct {
	int	errnum;
} RnParserBirth;

/* The zygote's whole life on CONTROL: says that it is ready, then forks a child for each byte asked; ends at
 * EOF. */
G_NORETURN void rn_parser_zygote(int control, int timeout, const RnLimits *limits);

/* Asks the zygote behind CONTROL for a child: its socket and its pidfd, both close-on-exec. With SOCK NULL
 * only waits for the zygote's first word. RN_ERR_BUSY if there is none to be had within SECONDS; a zygote
 * that gave no answer at all is dismissed. */
gboolean rn_parser_birth(int control, int seconds, int *sock, int *pidfd, GError **error);

/* A child's whole life on SOCK: reads messages until EOF, with TIMEOUT seconds for each. */
G_NORETURN void rn_parser_child(int sock, int timeout, const RnLimits *limits);

#endif
