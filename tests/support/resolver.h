/*
 * resolver: name resolution by script. A test program that links resolver.c has a getaddrinfo() of
 * its own, which libcurl then calls: the names in the script are answered from it, all others are
 * refused with EAI_NONAME, numbers resolve as ever.
 */
#ifndef SUPPORT_RESOLVER_H
#define SUPPORT_RESOLVER_H

#include <stddef.h>

struct resolver_name {
    const char *name;
    const char *addresses[4]; /* numeric, in order */
    int error;                /* of EAI_*, instead of addresses */
    int hangs;                /* answer only once resolver_release() was called */
};

/** @param names  (lent until the next call); the answers to all calls from now on */
void resolver_script(const struct resolver_name *names, size_t count);

/** How many times a name of the script was asked for since resolver_script(). */
unsigned resolver_calls(void);

/** Let those that hang, now and later, go on. */
void resolver_release(void);

#endif /* SUPPORT_RESOLVER_H */
