/* renewal.pml: one order, its summary and its call to the provider, between two hosts on one store. Hosts crash between any two
 * steps and start again, leases run out under couriers that are only slow, answers get lost, the provider carries a request out
 * as late as it likes, the mail server gives a mail to both hosts and again until it hears yes; with -DFICKLE the member cancels when
 * it likes.
 *
 * What stands in atomic {} is one transaction of the store. The names are those of the state tables: the section ORDER STATES of
 * rinnova(1), src/policy/order.c; a claim is rn_store_letter_claim, a call is src/core/calls.c, what the provider is asked is
 * src/net/provider_aruba.c, where nothing is idempotent.
 *
 * tests/model/renewal.t runs spin over it; -DBLIND_RESEND and the others plant a fault that must be found. */

#ifndef CRASHES
#define CRASHES	1	/* of hosts, together */
#endif
#ifndef LOSSES
#define LOSSES	1	/* answers lost on the way, of mail server or provider */
#endif
#define SLOW	1	/* leases that run out although their courier lives */
#define TRIES	3	/* provider-tries */

mtype = { NONE, OFFERED, ACCEPTED, RENEWED, CANCELLED };		/* the order; a document is on file */
mtype = { ABSENT, QUEUED, CLAIMED, SENT, UNCERTAIN, DROPPED };		/* a letter, a call */
mtype = { DONE, LATER, UNKNOWN };					/* what came of an attempt */
#define REQUEST	0	/* mails */
#define ACCEPT	1
#define CANCEL	2
#define SUMMARY	0	/* things to send: a letter (the others go the same way) and the call */
#define RENEW	1

/* The store: what was committed. */
mtype order = NONE;
bool inbox[3];
mtype state[2] = ABSENT;
byte attempts[2];
bool doubt[2];		/* an earlier attempt may have been carried out */
byte concluded;		/* order numbers issued */

/* The world. */
bool written[3];	/* by the member */
bool waits[3];		/* in the mail server's queue: no yes was heard */
bool abandoned[2];	/* claimed by a courier that is gone */
bool arrived;		/* the letter has */
byte carried_out;	/* renewals by the provider */
byte crashes, losses, slow;
byte requests;		/* on their way to the provider */

/* --- the door of a host: mail comes in --- */

inline move(m)
{
	if
	:: m == REQUEST && order == NONE ->
		order = OFFERED;
		state[SUMMARY] = QUEUED
	:: m == ACCEPT && order == OFFERED ->
		order = ACCEPTED;
		concluded++;
		assert(concluded <= 1);
		state[RENEW] = QUEUED
	:: m == CANCEL && (order == OFFERED || (order == ACCEPTED && state[RENEW] == QUEUED && attempts[RENEW] == 0)) ->
		order = CANCELLED;
		if
		:: state[RENEW] == QUEUED -> state[RENEW] = DROPPED
		:: else
		fi
	:: else		/* said before, or too late */
	fi
}

/* One transaction: the row of the inbox and what follows from it. */
inline take(m)
{
#ifdef TWO_STEPS
	says = order;	/* read in a transaction of its own */
	atomic {
		order = (m == ACCEPT -> says : order);
		inbox[m] = true;
		move(m);
		says = 0
	}
#else
	atomic {
		if
		:: inbox[m]
		:: else ->
			inbox[m] = true;
			move(m)
		fi
	}
#endif
}

/* --- the courier of a host --- */

/* Claims I for a while; a claim that ran out leaves a doubt. MINE is the number of the attempt. */
#define free(i) (state[i] == QUEUED || (state[i] == CLAIMED && (abandoned[i] || slow < SLOW)))

inline claim(i)
{
	if
	:: state[i] == QUEUED
	:: state[i] == CLAIMED ->
		slow = (abandoned[i] -> slow : slow + 1);
#ifndef NO_CLAIM
		doubt[i] = true
#endif
	fi;
	state[i] = CLAIMED;
	abandoned[i] = false;
	attempts[i]++;
	mine = attempts[i];
	stale = doubt[i]
}

/* Outside of any transaction: the mail server of the letters takes it or not, and its answer comes or not. */
inline send()
{
	if
	:: arrived = true; says = DONE
	:: losses < LOSSES -> losses++; arrived = true; says = UNKNOWN
	:: losses < LOSSES -> losses++; says = UNKNOWN
	:: losses < LOSSES -> losses++; says = LATER
	fi
}

/* The end date is looked at before and after; where an earlier request may still be carried out none is made. */
inline ask()
{
	if
	:: carried_out > 0 -> says = DONE
	:: else ->
#ifndef BLIND_RESEND
		if
		:: stale -> says = UNKNOWN
		:: else ->
#endif
			requests++;
			if
			:: carried_out > 0 -> says = DONE
			:: losses < LOSSES -> losses++; says = (carried_out > 0 -> DONE : UNKNOWN)
			fi
#ifndef BLIND_RESEND
		fi
#endif
	fi
}

/* Written only by whose claim still stands. */
inline result(i)
{
	if
	:: state[i] != CLAIMED || attempts[i] != mine
	:: else ->
		if
		:: says == DONE -> state[i] = SENT
		:: says == LATER -> state[i] = QUEUED
		:: says == UNKNOWN && (i == RENEW -> attempts[i] >= TRIES : stale) -> state[i] = UNCERTAIN
		:: else ->
#ifdef UNKNOWN_IS_SENT
			state[i] = SENT;
#else
			state[i] = QUEUED;
#endif
			doubt[i] = true
		fi;
		if
		:: i == RENEW && says == DONE && order == ACCEPTED -> order = RENEWED
		:: else
		fi
	fi
}

/* The claim of a courier that crashes stays until its lease runs out; if another has taken it over, that one has it. */
inline crash(i)
{
	atomic {
		crashes++;
		if
		:: state[i] == CLAIMED && attempts[i] == mine -> abandoned[i] = true
		:: else
		fi
	}
}

/* --- a host: takes what comes to its door, sends what is due --- */

proctype Host()
{
	byte i, mine;	/* mail or thing to send; number of the attempt */
	bool stale;
	mtype says;
end:	do
	:: atomic {
		if
		:: waits[REQUEST] -> i = REQUEST
		:: waits[ACCEPT] -> i = ACCEPT
		:: waits[CANCEL] -> i = CANCEL
		fi
	   };
#ifdef REPLY_FIRST
	   waits[i] = false;
	   if
	   :: crashes < CRASHES -> crashes++
	   :: true -> take(i)
	   fi;
#else
	   take(i);
	   if
	   :: crashes < CRASHES -> crashes++	/* before the yes: the mail server asks again */
	   :: waits[i] = false
	   fi;
#endif
	   i = 0
	:: atomic {
		if
		:: free(SUMMARY) -> i = SUMMARY
		:: free(RENEW) -> i = RENEW
		fi;
		claim(i)
	   };
	   if
	   :: crashes < CRASHES -> crash(i)	/* claimed, and nothing sent */
	   :: true ->
		if
		:: i == RENEW -> ask()
		:: else -> send()
		fi;
		if
		:: crashes < CRASHES -> crash(i)	/* sent, and nothing written down */
		:: atomic { true -> result(i) }
		fi
	   fi;
	   d_step { mine = 0; stale = false; says = 0; i = 0 }
	od
}

/* --- the others --- */

proctype Provider()
{
end:	do
	:: atomic { requests > 0 -> requests--; carried_out++; assert(carried_out <= 1 && order != CANCELLED) }
	od
}

proctype Member()
{
	atomic { written[REQUEST] = true; waits[REQUEST] = true };
end:	do
	:: atomic { arrived && !written[ACCEPT] -> written[ACCEPT] = true; waits[ACCEPT] = true }
#ifdef FICKLE
	:: atomic { !written[CANCEL] -> written[CANCEL] = true; waits[CANCEL] = true }
	:: break
#endif
	od
}

/* All is over: nothing can happen any more. */
proctype End()
{
	byte i;

	timeout;
	for (i : REQUEST .. CANCEL) {
		assert(!written[i] || (inbox[i] && !waits[i]))
	}
	for (i : SUMMARY .. RENEW) {
		assert(state[i] != QUEUED && state[i] != CLAIMED)
	}
	assert(state[SUMMARY] != SENT || arrived);
	assert(!inbox[ACCEPT] || order == RENEWED || order == CANCELLED || (order == ACCEPTED && state[RENEW] == UNCERTAIN));
	assert(carried_out == 0 || order == RENEWED || state[RENEW] == UNCERTAIN)
}

init
{
	atomic {
		run Host(); run Host();
		run Provider(); run Member(); run End()
	}
}

/* Whatever is to be sent is sent in the end, or marked. */
#define over(i) (state[i] == SENT || state[i] == UNCERTAIN || state[i] == DROPPED)
ltl sent { [] ((state[SUMMARY] == QUEUED -> <> over(SUMMARY)) && (state[RENEW] == QUEUED -> <> over(RENEW))) }
