/* view.h: the inside of a view, for the template engine only; everybody else sees template.h. */
#ifndef RN_MAIL_VIEW_H
#define RN_MAIL_VIEW_H

#include "mail/template.h"

typedef enum { RN_VALUE_TEXT, RN_VALUE_BOOL, RN_VALUE_LIST } RnValueType;

typedef struct {
	RnValueType	 type;
	char		*text;		/* valid UTF-8; "" for none */
	gboolean	 yes;		/* of a switch */
	GPtrArray	*items;		/* of RnView, owned; of a list */
} RnValue;

/* What V itself knows as NAME (any case), NULL if nothing. UP: ask the views that V is an item of as well. */
const RnValue *rn_view_find(const RnView *v, const char *name, gboolean up);

/* TEXT as it may stand in a place of kind ESCAPE, appended to OUT. */
void rn_escape_append(GString *out, const char *text, RnEscape escape);

#endif
