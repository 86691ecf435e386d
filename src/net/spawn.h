/* spawn.h: runs one program without a shell: argv, bytes on stdin, bounded output, a time-out. */
#ifndef RN_NET_SPAWN_H
#define RN_NET_SPAWN_H

#include "base/base.h"

typedef struct {
	const char *const *argv;	/* argv[0] is an absolute path; ends with NULL */
	char		**envp;		/* the whole environment, as rn_spawn_environ() gives it */
	const void	*in;		/* bytes for stdin */
	gsize		 in_len;
	gsize		 max_out;	/* so much of stdout is kept; the rest is read and dropped */
	int		 seconds;	/* time-out */
} RnSpawn;

typedef enum {
	RN_END_EXIT,		/* by itself, with a code */
	RN_END_SIGNAL,		/* killed by somebody else */
	RN_END_TIMEOUT,		/* killed by us */
	RN_END_LOST		/* its end was taken by somebody else (SIGCHLD ignored) */
} RnEnd;

typedef struct {
	RnEnd		 end;
	int		 code;		/* exit code or signal */
	gboolean	 all_read;	/* stdin was read to its last byte */
	GString		*out;		/* first max_out bytes of stdout */
	gboolean	 out_over;	/* there was more */
	GString		*err;		/* last bytes of stderr, at most 8 kB */
} RnSpawned;

/* Runs WHAT and fills *GOT (clear it with rn_spawned_clear, also after FALSE). The program starts in "/", in
 * a process group of its own, with default signals and no descriptor but 0, 1 and 2. Stdin is a file in
 * memory, whole from the start: were it a pipe, our own death in mid letter would look like its end, and half
 * a letter would go out. On time-out the group gets SIGTERM, 2 s later SIGKILL. What it left running in the
 * background after its own end is left alone. FALSE with RN_ERR_CONFIG or RN_ERR_BUSY if the program was not
 * started: then nothing has happened. */
gboolean rn_spawn_run(const RnSpawn *what, RnSpawned *got, GError **error);
void rn_spawned_clear(RnSpawned *got);

/* A small environment: PATH fixed, LANG=C.UTF-8, and of ours TZ and the names in ALSO (NULL-terminated, or
 * NULL) where they are set. Caller frees with g_strfreev. */
char **rn_spawn_environ(const char *const *also);

/* How GOT ended, in words ("exit 75", "killed by signal 9"), with the last line of stderr if it wrote one.
 * Caller frees. */
char *rn_spawned_why(const RnSpawned *got);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnSpawned, rn_spawned_clear)

#endif
