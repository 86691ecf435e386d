/* base.c: the error domain. */
#include "base/base.h"

G_DEFINE_QUARK(rn-error-quark, rn_error)
