/* providers.h: the providers of the conventions as the courier sees them: who may be asked now, and who is
 * left alone for a while. */
#ifndef RN_CORE_PROVIDERS_H
#define RN_CORE_PROVIDERS_H

#include "net/provider.h"

typedef struct RnProviders RnProviders;

/* S must outlive it. For one thread. */
RnProviders *rn_providers_new(const RnSettings *s);
void rn_providers_free(RnProviders *p);

/* The provider of convention C. */
RnProvider *rn_providers_of(RnProviders *p, const RnConvention *c);

/* May it be asked? 0, and the question is counted; else how many seconds to leave it alone: its own pace
 * (provider-per-minute), or it is known to be away. NOW: rn_monotonic(). */
int rn_providers_wait(RnProviders *p, const RnConvention *c, gint64 now);

/* What came of a question about BOX_ID: after five times "away" without any other answer between, or when the
 * provider asks for it, it is left alone: for as long as it asked, else for one minute, then twice as long
 * each time, a quarter of an hour at most. One question then finds out whether it is back. What the same box
 * gets once more counts as nothing new: it may be about that box alone. TRUE when that begins. */
gboolean rn_providers_note(
    RnProviders *p, const RnConvention *c, gint64 box_id, RnSays says, const RnSaid *said, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnProviders, rn_providers_free)

#endif
