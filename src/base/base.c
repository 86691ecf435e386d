/* base.c: the error domain. */
#include "base/base.h"

/* clang-format off: it takes the name for a sum */
G_DEFINE_QUARK(rn - error - quark, rn_error)
/* clang-format on */
