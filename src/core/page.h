/* page.h: one text for people in two forms: HTML without scripts and without anything from elsewhere, and
 * plain text. */
#ifndef RN_CORE_PAGE_H
#define RN_CORE_PAGE_H

#include "base/base.h"

typedef struct RnPage RnPage;

/* A page called TITLE in LANGUAGE ("it"). */
RnPage *rn_page_new(const char *title, const char *language);

/* A further language begins. */
void rn_page_language(RnPage *p, const char *language, const char *title);

void rn_page_heading(RnPage *p, const char *text);
void rn_page_smaller(RnPage *p, const char *text);
void rn_page_words(RnPage *p, const char *text);
/* A command, or something else that is to be read letter by letter. */
void rn_page_code(RnPage *p, const char *text);

/* Facts, a name and a value each; one whose VALUE is NULL or "" is left out. LINK (may be NULL) is the path
 * of a file beside the page. */
void rn_page_facts(RnPage *p);
void rn_page_fact(RnPage *p, const char *name, const char *value, const char *link);
void rn_page_facts_end(RnPage *p);

/* A table of N columns (8 at most); NAMES of them. In plain text a row is its cells on lines of their own. */
void rn_page_table(RnPage *p, guint n, const char *const *names);
/* CELLS may be NULL, LINK is where the last cell leads. CODE: which column is code, -1 none. */
void rn_page_row(RnPage *p, const char *const *cells, const char *link, int code);
void rn_page_table_end(RnPage *p);

/* Ends the page; both texts are the caller's. */
void rn_page_end(RnPage *p, char **html, char **text);

#endif
