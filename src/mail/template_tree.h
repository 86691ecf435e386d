/* template_tree.h: a compiled template, shared by the compiler and the renderer. */
#ifndef RN_MAIL_TEMPLATE_TREE_H
#define RN_MAIL_TEMPLATE_TREE_H

#include "mail/template.h"

typedef enum { RN_NODE_LITERAL, RN_NODE_VALUE, RN_NODE_RAW, RN_NODE_SECTION, RN_NODE_INVERTED } RnNodeKind;

typedef struct {
	RnNodeKind	 kind;
	char		*text;		/* the literal text, or the name as written */
	char		*place;		/* "it/notice:12"; NULL for a literal */
	GPtrArray	*children;	/* of RnNode; NULL but for sections */
} RnNode;

struct RnTemplate {
	GPtrArray	*nodes;		/* of RnNode */
};

#endif
