/* template.h: a mustache subset: {{x}} {{{x}}}(same as {{x}} in text) {{#x}} {{^x}} {{/x}} {{! }} {{> x}}.
 * Values are escaped for their place. */
#ifndef RN_MAIL_TEMPLATE_H
#define RN_MAIL_TEMPLATE_H

#include "base/base.h"

/* A set of values: texts, lists of views and switches by name. Names match without case, so that the seed's
 * NOMECASELLA works. */
typedef struct RnView RnView;

RnView *rn_view_new(void);

/* A view of its own whose lookups fall back to UP, which must outlive it. Caller frees. */
RnView *rn_view_over(const RnView *up);
void rn_view_free(RnView *v);
void rn_view_text(RnView *v, const char *name, const char *value);	/* NULL or "" is false as a section */
void rn_view_bool(RnView *v, const char *name, gboolean value);
RnView *rn_view_item(RnView *v,
    const char *list); /* adds an element to LIST and returns it (owned by V); its lookups fall back to V */
void rn_view_remove(RnView *v, const char *name);	/* forgets it */
void rn_view_list(RnView *v, const char *list);		/* makes LIST known, even with no element */

/* RN_ESCAPE_MARKED: as text, with a mark at both ends of each value (sheet.h). */
typedef enum { RN_ESCAPE_TEXT, RN_ESCAPE_HTML, RN_ESCAPE_HEADER, RN_ESCAPE_MARKED } RnEscape;

typedef struct RnTemplate RnTemplate;

/* The text of FILE with LF and without a byte order mark: a regular file, not too long, UTF-8, without
 * control characters. NULL with RN_ERR_CONFIG naming file and line. Caller frees. */
char *rn_template_read(const char *file, GError **error);

/* Compiles TEXT; NAME ("it/notice") stands in errors with the line. PARTIALS is a folder for {{> x}}
 * (x.partial there; depth <= 4), NULL for none. Unbalanced sections, unknown tags: RN_ERR_CONFIG
 * "it/notice:12: ...". */
RnTemplate *rn_template_compile(const char *text, const char *name, const char *partials, GError **error);
void rn_template_free(RnTemplate *t);

/* Renders with VIEW, each value escaped for ESCAPE (text: control characters but newline and tab dropped,
 * bidi controls dropped; a value never gets to start a new header in RN_ESCAPE_HEADER: CR, LF and NUL become
 * spaces). A name that VIEW does not know: RN_ERR_CONFIG naming template, line and name. Caller frees. */
char *rn_template_render(const RnTemplate *t, const RnView *view, RnEscape escape, GError **error);

/* Renders against VIEW for its unknown names only, both ways of every section walked: an unknown name is an
 * error at load. */
gboolean rn_template_check(const RnTemplate *t, const RnView *view, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnView, rn_view_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnTemplate, rn_template_free)

#endif
