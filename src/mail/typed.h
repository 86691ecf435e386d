/* typed.h: typed text, intent, machine mail: the readers behind read.h. All work on UTF-8. */
#ifndef RN_MAIL_TYPED_H
#define RN_MAIL_TYPED_H

#include "mail/head.h"
#include "model/words.h"

/* In a letter, the line between its text and what its HTML gives. */
#define RN_OTHER_TEXT "\f"

/* BODY (text/plain, UTF-8, LF) without quotes, reply headers, signatures, mobile footers and disclaimers, and
 * without what it shares with LETTER (plain text of the letter being answered; NULL if not known). FROM is
 * the writer's name and address (decoded; NULL if not known), by which a signature of one word is known. ""
 * if nothing is left. *MIXED is set if a line out of which something was cut is left over (it can never be a
 * yes). Caller frees. */
char *rn_typed_text(const char *body, const char *letter, const char *from, gboolean *mixed);

/* Does BODY quote anything: a reply header, a separator, a line behind '>'? */
gboolean rn_typed_quotes(const char *body);

/* HTML (UTF-8) as text; runs inside containers that mail clients mark as quotation come out with "> " before
 * each line; hidden text is dropped. libxml2, no network, no entities from outside. Caller frees. */
char *rn_html_text(const char *html, gsize len);

/* The same the long way, every attribute through libxml2: what rn_html_text() must agree with. */
char *rn_html_whole_text(const char *html, gsize len);

/* What TYPED says. *MATCHED gets the words that decided (caller frees, may be NULL), *RULE the name of the
 * grammar rule (static), *ACCEPTS the accepting verbs found ("accetto approvo", "" if none; caller frees).
 * Negation, condition and question win over a yes; MIXED never gives a yes. */
RnIntent rn_intent_read(const char *typed, gboolean mixed, char **matched, const char **rule, char **accepts);

/* The same for an answer to LETTER (plain text, NULL if not known): who names an address that does not stand
 * in it speaks of something else. */
RnIntent rn_intent_answer(
    const char *typed, gboolean mixed, const char *letter, char **matched, const char **rule, char **accepts);

/* Is TYPED a command and nothing else, but for thanks: "RINNOVA", not "Rinnovo casella PEC"? */
gboolean rn_intent_bare(const char *typed);

/* The reason of the grammar rule RULE in words; NULL if there is no such rule. Static. */
const char *rn_intent_why(const char *rule);

/* The rows of a numbered list that TYPED asks to renew: "1,3", "all", or NULL if it says anything else as
 * well. Caller frees. */
char *rn_intent_rows(const char *typed, gboolean mixed);

/* What kind of mail HEAD (and SUBJECT, decoded; and SENDER, the envelope sender, "" = <>, NULL unknown)
 * shows. *WHY gets the sign that decided; caller frees. */
RnClass rn_machine_class(const RnHead *head, const char *subject, const char *sender, char **why);

#endif
