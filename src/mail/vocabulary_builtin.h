/* vocabulary_builtin.h: the files of conf/language as they were when the program was built. */
#ifndef RN_MAIL_VOCABULARY_BUILTIN_H
#define RN_MAIL_VOCABULARY_BUILTIN_H

/* The text of LANGUAGE.conf; NULL if it is not built in. Static. */
const char *rn_vocabulary_builtin(const char *language);

#endif
