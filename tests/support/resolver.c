/*
 * resolver: getaddrinfo() and freeaddrinfo() in the program, found before libc's.
 */
#include "support/resolver.h"

#include "kds/export.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const struct resolver_name *names; /* with `lock`, all of these */
static size_t name_count;
static unsigned calls;
static bool released;

void resolver_script(const struct resolver_name *script, size_t count)
{
    pthread_mutex_lock(&lock);
    names = script;
    name_count = count;
    calls = 0;
    released = false;
    pthread_mutex_unlock(&lock);
}

unsigned resolver_calls(void)
{
    pthread_mutex_lock(&lock);
    unsigned n = calls;
    pthread_mutex_unlock(&lock);
    return n;
}

void resolver_release(void)
{
    pthread_mutex_lock(&lock);
    released = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* What the script says to @p host; waits where it hangs. */
static struct resolver_name look_up(const char *host)
{
    struct resolver_name answer = {.name = host, .error = EAI_NONAME};
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < name_count; i++) {
        if (strcmp(names[i].name, host) == 0) {
            answer = names[i];
            calls++;
            while (answer.hangs && !released) {
                pthread_cond_wait(&changed, &lock);
            }
            break;
        }
    }
    pthread_mutex_unlock(&lock);
    return answer;
}

/* One block holds the entry and its address, so that one free() releases both. */
struct entry {
    struct addrinfo info;
    struct sockaddr_storage address;
};

static struct addrinfo *entry_of(const char *text, const char *service, int family)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    uint16_t port = service ? htons((uint16_t)strtoul(service, NULL, 10)) : 0;
    bool is_v4 = inet_pton(AF_INET, text, &v4.sin_addr) == 1;
    bool is_v6 = inet_pton(AF_INET6, text, &v6.sin6_addr) == 1;
    if ((!is_v4 && !is_v6) || (family == AF_INET && !is_v4) ||
        (family == AF_INET6 && !is_v6)) {
        return NULL;
    }
    struct entry *e = calloc(1, sizeof *e);
    if (e == NULL) {
        return NULL;
    }
    v4.sin_port = v6.sin6_port = port;
    memcpy(&e->address, is_v4 ? (const void *)&v4 : (const void *)&v6,
           is_v4 ? sizeof v4 : sizeof v6);
    e->info = (struct addrinfo){.ai_family = is_v4 ? AF_INET : AF_INET6,
                                .ai_socktype = SOCK_STREAM,
                                .ai_protocol = IPPROTO_TCP,
                                .ai_addrlen = is_v4 ? sizeof v4 : sizeof v6,
                                .ai_addr = (struct sockaddr *)(void *)&e->address};
    return &e->info;
}

KDS_EXPORT int getaddrinfo(const char *restrict host,
                           const char *restrict service,
                           const struct addrinfo *restrict hints,
                           struct addrinfo **restrict result)
{
    int family = hints ? hints->ai_family : AF_UNSPEC;
    struct addrinfo **end = result;
    *result = entry_of(host, service, family);
    if (*result != NULL) {
        return 0;
    }
    struct resolver_name answer = look_up(host);
    if (answer.error != 0) {
        return answer.error;
    }
    for (size_t i = 0; i < 4 && answer.addresses[i] != NULL; i++) {
        *end = entry_of(answer.addresses[i], service, family);
        end = *end ? &(*end)->ai_next : end;
    }
    return *result ? 0 : EAI_NONAME;
}

KDS_EXPORT void freeaddrinfo(struct addrinfo *list)
{
    while (list != NULL) {
        struct addrinfo *next = list->ai_next;
        free(list);
        list = next;
    }
}
