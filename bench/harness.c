/*
 * harness: see harness.h. Linux only where it names the processor.
 */
#include "harness.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS       15 /* odd: the median is one of them */
#define SAMPLE_NS    8e6
#define VARIANTS_MAX 16

static double thread_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double left_out_ns; /* of the sample under way */

static double sample(const struct bench_variant *v, size_t loops)
{
    left_out_ns = 0;
    double start = thread_ns();
    for (size_t i = 0; i < loops; i++) {
        v->run(v->opaque);
    }
    return (thread_ns() - start - left_out_ns) / ((double)loops * (double)v->units);
}

void bench_leave_out(void (*part)(void *opaque), void *opaque)
{
    double start = thread_ns();
    part(opaque);
    left_out_ns += thread_ns() - start;
}

/* How often to run it so that a sample is long enough for the clock. Warms up as well. */
static size_t calibrate(const struct bench_variant *v)
{
    size_t loops = 1;
    for (;;) {
        double ns = sample(v, loops) * (double)loops * (double)v->units;
        if (ns >= SAMPLE_NS / 2 || loops >= SIZE_MAX / 4) {
            return loops;
        }
        loops *= 2;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void bench_measure(const char *title, struct bench_variant *variants, size_t count)
{
    static double samples[VARIANTS_MAX][ROUNDS];
    size_t loops[VARIANTS_MAX];

    if (count > VARIANTS_MAX) {
        bench_fail("too many variants");
    }
    for (size_t i = 0; i < count; i++) {
        loops[i] = calibrate(&variants[i]);
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < count; i++) {
            samples[i][round] = sample(&variants[i], loops[i]);
        }
    }
    printf("\n%s\n", title);
    for (size_t i = 0; i < count; i++) {
        qsort(samples[i], ROUNDS, sizeof(double), by_value);
        variants[i].ns = samples[i][ROUNDS / 2];
        printf("  %-58s %10.1f ns  (least %.1f)\n", variants[i].name, variants[i].ns,
               samples[i][0]);
    }
    fflush(stdout);
}

/* The flags that our wide paths, or those of the yardsticks, make use of. */
static void print_flags(const char *flags)
{
    static const char *const wanted[] = {"sse4_2",   "avx2",    "bmi2",       "pclmulqdq",
                                         "vaes",     "sha_ni",  "vpclmulqdq", "avx512f",
                                         "avx512bw", "avx512vl"};
    printf("flags:");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        char word[32];
        snprintf(word, sizeof word, " %s ", wanted[i]);
        if (strstr(flags, word) != NULL) {
            printf(" %s", wanted[i]);
        }
    }
    printf("\n");
}

static void print_processor(void)
{
    char line[8192];
    int left = 2;
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f != NULL && left > 0 && fgets(line, sizeof line, f) != NULL) {
        char *value = strchr(line, ':');
        if (value == NULL) {
            continue;
        }
        line[strcspn(line, "\n")] = ' ';
        if (strncmp(line, "model name", 10) == 0) {
            printf("processor:%s\n", value + 1);
            left--;
        } else if (strncmp(line, "flags", 5) == 0) {
            print_flags(value + 1);
            left--;
        }
    }
    if (f != NULL) {
        fclose(f);
    }
}

void bench_print_machine(void)
{
    print_processor();
#if defined(__clang__)
    printf("compiler: clang %s\n", __clang_version__);
#elif defined(__GNUC__)
    printf("compiler: gcc %s\n", __VERSION__);
#endif
#if !defined(__OPTIMIZE__) || defined(__SANITIZE_ADDRESS__)
    printf("NOTE: built without optimisation or with a sanitizer; the figures mean "
           "nothing\n");
#endif
}

void bench_print_target(const struct bench_target *t, double reached)
{
    const char *verdict = "below strong";
    int sign = t->sense == BENCH_AT_MOST ? -1 : 1;
    if (t->aim != 0 && sign * reached >= sign * t->aim) {
        verdict = "aim";
    } else if (t->strong != 0 && sign * reached >= sign * t->strong) {
        verdict = "strong";
    } else if (t->strong == 0) {
        verdict = "below aim";
    }
    printf("  %-4s %-62s %7.2f  %s", t->id, t->what, reached,
           t->sense == BENCH_AT_MOST ? "<=" : ">=");
    if (t->strong != 0) {
        printf(" strong %.4g", t->strong);
    }
    if (t->aim != 0) {
        printf(" aim %.4g", t->aim);
    }
    printf("  -> %s\n", verdict);
}

void bench_fail(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}
