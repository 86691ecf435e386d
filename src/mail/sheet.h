/* sheet.h: what stands between a template and a letter: its lines, with a mark at both ends of every value.
 * From these lines both the text and the HTML are made, so that the two can never say different things. The
 * marks are control characters, which no value can hold (escape.c): a value never becomes structure.
 *
 * What a line of the template's author means:
 *   --- text ---            the line above which the member writes
 *   # text                  a heading; in capitals in the text
 *   ## text                 a heading below one
 *   | label: value          a row of data; lines right below it go on with the value
 *   | text                  a line of its own (an address, a greeting)
 *   - text, 1. text         an item of a list; lines moved right go on with it
 *       text                (four blanks) set apart: a name, the word to write
 *   text [[label]]({{url}}) a button; in the text the address, in <>, on a line below
 *   text [label]({{url}})   a further link; not in the text, which says it in words
 *   anything else           a paragraph, up to the next empty line */
#ifndef RN_MAIL_SHEET_H
#define RN_MAIL_SHEET_H

#include "mail/template.h"

#define RN_MARK_OPEN '\x01'
#define RN_MARK_CLOSE '\x02'
#define RN_MARK_BREAK "\x02\n\x03\x01"	/* a line break within a value: the next line goes on with it */
#define RN_MARKS "\x01\x02\x03"

typedef enum {
	RN_SHEET_EMPTY,
	RN_SHEET_SENTINEL,
	RN_SHEET_HEADING,
	RN_SHEET_HEADING_2,
	RN_SHEET_ROW,
	RN_SHEET_ITEM,
	RN_SHEET_NUMBERED,
	RN_SHEET_APART,
	RN_SHEET_MORE,		/* moved right by one to three blanks */
	RN_SHEET_BUTTON,
	RN_SHEET_LINK,
	RN_SHEET_BROKEN,		/* goes on with a value of the line above */
	RN_SHEET_PLAIN
} RnSheetKind;

/* What LINE is; *CONTENT gets where its text begins, behind the sign that says so. */
RnSheetKind rn_sheet_kind(const char *line, const char **content);

/* A button or link: the text before it, its label and its address. Members owned. */
typedef struct {
	char	*lead, *label, *url;
} RnSheetLink;

/* Reads the LINE of kind RN_SHEET_BUTTON or RN_SHEET_LINK. */
void rn_sheet_link(const char *line, RnSheetLink *link);
void rn_sheet_link_clear(RnSheetLink *link);

/* LINE without marks; caller frees. */
char *rn_sheet_plain(const char *line);

/* The text of MARKED lines, as text/plain shows it. Caller frees. */
char *rn_sheet_text(const char *marked);

/* The HTML of MARKED lines, without the page around it: elements with style attributes in COLOUR ("#1f4e79").
 * Whatever the values, only what stands in the template becomes an element; links lead to mailto: alone, and
 * to WEB (may be NULL) where it is a whole line. Caller frees. */
char *rn_sheet_html(const char *marked, const char *colour, const char *web);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnSheetLink, rn_sheet_link_clear)

#endif
