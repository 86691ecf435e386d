/* parser_wire.h: what daemon, zygote and parser children say to each other. Only parser*.c include it. */
#ifndef RN_CORE_PARSER_WIRE_H
#define RN_CORE_PARSER_WIRE_H

#include "core/parser.h"

/* Built with a sanitizer? Its run time needs more memory and more system calls than a child may have. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RN_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RN_SANITIZED 1
#endif
#endif
#ifndef RN_SANITIZED
#define RN_SANITIZED 0
#endif

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

/* What a child is to do: read the facts (or a part), or look at the seal: what is registered, as far as its
 * signature is valid; or that whatever its signature is, for a person's eyes; or, for a test at the start,
 * name the charsets that it cannot read; or what mails the message shows. */
typedef enum { RN_LOOK_FACTS, RN_LOOK_SEAL, RN_LOOK_BLIND, RN_LOOK_CHARSETS, RN_LOOK_SHOWN } RnLook;

/* Daemon to child. Same machine, same program: host byte order. */
typedef struct {
	guint32	len[RN_BLOB_N];
	guint32	look;			/* RnLook */
	guint32	part;			/* index of the part whose bytes are asked for, or RN_PART_NONE */
	guint32	max;			/* bytes of that part at most */
	gint64	taken;
} RnParserAsk;

/* Child to daemon: code 0 and the bytes of a variant of type RN_FACTS_TYPE or RN_REGISTERED_TYPE, or of the
 * part that was asked for (RN_LOOK_CHARSETS: the names); or 1 + RnErrorCode and a text. */
typedef struct {
	guint32	code;
	guint32	len;
	guint32	odd;		/* not 0: a library was not at ease with the message; this child reads no other */
} RnParserAnswer;

/* Zygote to daemon, with the socket and the pidfd of a new child by SCM_RIGHTS where errnum is 0. */
typedef struct {
	int	errnum;
} RnParserBirth;

/* The zygote's whole life on CONTROL: says that it is ready, then forks a child for each byte asked; ends at
 * EOF. */
G_NORETURN void rn_parser_zygote(int control, const RnParserHow *how);

/* Asks the zygote behind CONTROL for a child: its socket and its pidfd, both close-on-exec. With SOCK NULL
 * only waits for the zygote's first word. RN_ERR_BUSY if there is none to be had within SECONDS; a zygote
 * that gave no answer at all is dismissed. */
gboolean rn_parser_birth(int control, int seconds, int *sock, int *pidfd, GError **error);

/* A child's whole life on SOCK: reads messages until EOF, with HOW's seconds for each. */
G_NORETURN void rn_parser_child(int sock, const RnParserHow *how);

/* From here on this process can only read what it is sent on SOCK, which becomes RN_CHILD_FD, and answer
 * there: little memory, no other descriptor, no file, no other system calls. Ends it where that cannot be
 * had. */
void rn_parser_harden(int sock, const RnParserHow *how);

#endif
