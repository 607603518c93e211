/*
 * harness: measures variants of one job side by side, and says how they compare.
 *
 * The variants of a group take turns within one process, so that a busy neighbour meets all of them;
 * the figure is the median of thread CPU time over many rounds. Ratios carry over to other machines,
 * nanoseconds do not.
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stddef.h>

struct bench_variant {
    const char *name;
    void (*run)(void *opaque); /* does `units` units of work */
    void *opaque;
    size_t units;
    double ns; /* receives the median per unit */
};

/** Measure all of them, interleaved, and print a line for each. */
void bench_measure(const char *title, struct bench_variant *variants, size_t count);

/** Inside a variant's run: do a part of it whose time does not count. */
void bench_leave_out(void (*part)(void *opaque), void *opaque);

/** Processor, its flags that matter here, compiler, and whether this build is worth measuring. */
void bench_print_machine(void);

enum bench_sense { BENCH_AT_MOST, BENCH_AT_LEAST };

/** One target of the project: what was reached, against what is strong and what is the aim. */
struct bench_target {
    const char *id;
    const char *what;
    enum bench_sense sense;
    double strong, aim; /* 0 = there is none */
};

/** Print one row; never fails. */
void bench_print_target(const struct bench_target *target, double reached);

/** End the program with a message: the answer is wrong, its speed of no interest. */
void bench_fail(const char *what);

#endif /* BENCH_HARNESS_H */
