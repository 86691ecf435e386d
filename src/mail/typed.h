/* typed.h: typed text, intent, machine mail: the readers behind read.h. All work on UTF-8. */
#ifndef RN_MAIL_TYPED_H
#define RN_MAIL_TYPED_H

#include "mail/head.h"
#include "model/words.h"

/* BODY (text/plain, UTF-8, LF) without quotes, reply headers, signatures, mobile footers and disclaimers, and
 * without what it shares with LETTER (plain text of the letter being answered; NULL if not known). "" if
 * nothing is left. *MIXED is set if a line out of which something was cut is left over (it can never be a
 * yes). Caller frees. */
char *rn_typed_text(const char *body, const char *letter, gboolean *mixed);

/* HTML (UTF-8) as text; runs inside containers that mail clients mark as quotation come out with "> " before
 * each line; hidden text is dropped. libxml2, no network, no entities from outside. Caller frees. */
char *rn_html_text(const char *html, gsize len);

/* What TYPED says. *MATCHED gets the words that decided (caller frees, may be NULL), *RULE the name of the
 * grammar rule (static), *ACCEPTS the accepting verbs found ("accetto approvo", "" if none; caller frees).
 * Negation, condition and question win over a yes; MIXED never gives a yes. */
RnIntent rn_intent_read(const char *typed, gboolean mixed, char **matched, const char **rule, char **accepts);

/* The rows of a numbered list that TYPED asks to renew: "1,3", "all", or NULL if it says anything else as
 * well. Caller frees. */
char *rn_intent_rows(const char *typed, gboolean mixed);

/* What kind of mail HEAD (and SUBJECT, decoded; and SENDER, the envelope sender, "" = <>, NULL unknown)
 * shows. *WHY gets the sign that decided; caller frees. */
RnClass rn_machine_class(const RnHead *head, const char *subject, const char *sender, char **why);

#endif
