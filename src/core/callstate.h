/* callstate.h: calls to a provider that change the state of a box and belong to no order. */
#ifndef RN_CORE_CALLSTATE_H
#define RN_CORE_CALLSTATE_H

#include "core/desk.h"

/* Is CALL still wanted, now that it is about to be made? A box renewed or taken back meanwhile must not be
 * switched off. */
gboolean rn_callstate_wanted(const RnCall *call, const RnBox *box);

/* What the provider's answer to CALL leads to: STATE is the call's state by now, WHY the provider's words,
 * TRIES the number of attempts after which a person hears of a call that still waits. The box itself does not
 * change: it was changed when the call was written. */
gboolean rn_callstate_settle(RnDesk *d, const RnCall *call, const RnBox *box, gboolean by_person,
    RnSendState state, int tries, const char *why, GError **error);

#endif
