/* vevent.h: a day for the recipient's calendar (RFC 5545). */
#ifndef RN_MAIL_VEVENT_H
#define RN_MAIL_VEVENT_H

#include "base/day.h"

/* An event that lasts all of one day. Texts are UTF-8. */
typedef struct {
	const char	*uid;		/* stable: a later event with it replaces this one */
	int		 sequence;	/* the higher one wins */
	gboolean	 cancelled;	/* it is taken back: METHOD:CANCEL, no alarm */
	RnDay		 day;
	gint64		 stamp;		/* of writing, seconds UTC */
	const char	*summary, *description;
	const char	*organizer_name, *organizer;	/* mail address */
	int		 alarm_days;	/* the alarm rings so many days before */
} RnVevent;

/* E as an iCalendar object: CRLF, lines folded at 75 octets and never within a character, texts escaped (RFC
 * 5545 3.1, 3.3.11, RFC 5546 3.2.1 and 3.2.5). Control characters become spaces. */
GBytes *rn_vevent_write(const RnVevent *e);

#endif
