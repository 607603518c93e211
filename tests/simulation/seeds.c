#include "seeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEED_S_MAX 5

static uint64_t number(const char *text)
{
    char *end;
    unsigned long long v = strtoull(text, &end, 10);
    if (*end != 0 || end == text) {
        fprintf(stderr, "%s: not a number\n", text);
        exit(2);
    }
    return v;
}

void seeds_read(struct seeds *s, int argc, char **argv)
{
    *s = (struct seeds){.first = 1, .count = 200};
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) {
            fprintf(stderr,
                    "usage: %s [--seeds N | --until-broken N] [--first SEED] | "
                    "--replay SEED\n",
                    argv[0]);
            exit(2);
        }
        uint64_t v = number(argv[i + 1]);
        if (strcmp(argv[i], "--first") == 0) {
            s->first = v;
        } else if (strcmp(argv[i], "--replay") == 0) {
            s->first = v;
            s->count = 1;
            s->verbose = true;
        } else {
            s->count = v;
            s->until_broken = strcmp(argv[i], "--until-broken") == 0;
        }
    }
}

bool seeds_next(struct seeds *s)
{
    s->now = s->begun ? s->now + 1 : s->first;
    s->begun = true;
    bool more = s->now < s->first + s->count && !(s->until_broken && s->broken > 0);
    if (more && s->until_broken) {
        fprintf(stderr, "seed %llu\n", (unsigned long long)s->now); /* if it crashes, */
        alarm(SEED_S_MAX);                                          /* or never ends */
    }
    return more;
}

void seeds_judge(struct seeds *s, bool kept)
{
    s->broken += !kept;
}

int seeds_end(const struct seeds *s)
{
    printf("%llu seeds, %llu with a broken promise\n",
           (unsigned long long)(s->now - s->first), (unsigned long long)s->broken);
    return s->broken > 0 ? 1 : 0;
}
