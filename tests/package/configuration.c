/*
 * configuration: prints docs/configuration.md from the tables that the libraries parse settings by.
 */
#include <kcl/kcl.h>
#include <kpl/kpl.h>

#include <stdio.h>
#include <stdlib.h>

static const char introduction[] =
    "# Configuration\n"
    "\n"
    "Written by `cmake --build BUILD --target configuration-page` from the tables in\n"
    "`libkpl/src/conf.c` and `libkcl/src/conf.c`; do not edit.\n"
    "\n"
    "A setting is given by name: with `kpl_conf_set()` and `kcl_conf_set()`, in a "
    "properties\n"
    "file (`kpl_conf_load()`, `kcl_conf_load()`), and in the example programs with "
    "`--set\n"
    "NAME=VALUE` and `--config FILE`. The later one wins. The second name of a setting "
    "is the\n"
    "KPL's or the KCL's own, so that their files can be taken over; its first letter may "
    "be\n"
    "of either case. A name that is not in the tables is an error, which says the "
    "nearest\n"
    "one; so is a value that is malformed or outside its range.\n"
    "\n"
    "Durations take `us`, `ms`, `s`, `m`, `h` and `d`, sizes `B`, `kB`, `KiB`, `MB`, "
    "`MiB`, `GB`\n"
    "and `GiB`; a bare number is milliseconds or bytes. A duration may also\n"
    "be written as Java's is, `PT1M30S`. Properties files are Java's: "
    "`=`, `:`\n"
    "or a blank separates name and value, `#` and `!` begin a comment, `\\` at the end "
    "of a\n"
    "line continues it.\n";

/* @p text (taken) of a library. */
static int print_table(char *text, void (*release)(char *))
{
    int failed = text == NULL || printf("\n%s", text) < 0;
    release(text);
    return failed;
}

int main(void)
{
    fputs(introduction, stdout);
    int failed = print_table(kpl_conf_document(), kpl_text_free) +
                 print_table(kcl_conf_document(), kcl_text_free);
    return failed || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
