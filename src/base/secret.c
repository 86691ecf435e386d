/* secret.c: a password or key in a file of its own. */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SECRET 1024

static char *
bad(const char *key, const char *file, const char *what, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s: %s", key, file, what);
	return NULL;
}

char *
rn_secret_read(const char *key, const char *file, GError **error)
{
	char buf[MAX_SECRET + 1];
	char *secret = NULL;
	struct stat st;
	ssize_t n;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return bad(key, file, g_strerror(errno), error);
	n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, buf, sizeof(buf)) : -1;
	close(fd);
	if (n < 0)
		return bad(key, file, "cannot be read, or is no regular file", error);
	if ((st.st_mode & S_IRWXO) != 0)
		bad(key, file, "others may read or change it: chmod o= it", error);
	else if (n > MAX_SECRET)
		bad(key, file, "longer than 1024 bytes", error);
	else {
		if (n > 0 && buf[n - 1] == '\n')
			n--;
		if (n > 0 && buf[n - 1] == '\r')
			n--;
		if (n == 0 || memchr(buf, '\n', (gsize)n) != NULL || memchr(buf, '\0', (gsize)n) != NULL)
			bad(key, file, "must hold one line, the secret", error);
		else
			secret = g_strndup(buf, (gsize)n);
	}
	explicit_bzero(buf, sizeof(buf));
	return secret;
}

void
rn_secret_free(char *secret)
{
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
	g_free(secret);
}

void
rn_hmac(const void *key, gsize key_len, const void *data, gsize len, guint8 out[RN_HMAC_BYTES])
{
	guint n = 0;

	if (HMAC(EVP_sha256(), key, (int)key_len, data, len, out, &n) == NULL || n != RN_HMAC_BYTES)
		g_error("HMAC-SHA-256 is not to be had from OpenSSL");
}
