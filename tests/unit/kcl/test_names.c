/*
 * test_names: texts as numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "names.h"

#include <stdio.h>

static void names_are_numbered_in_order_of_arrival(void **state)
{
    struct kcl_names names = {.count = 0};
    char text[32];
    (void)state;
    assert_int_equal(kcl_names_find(&names, "a"), KCL_NO_NAME);
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "shardId-%012u", i * 7919 % 5000);
        assert_int_equal(kcl_names_add(&names, text), i);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "shardId-%012u", i * 7919 % 5000);
        assert_int_equal(kcl_names_find(&names, text), i);
        assert_int_equal(kcl_names_add(&names, text), i);
        assert_string_equal(names.texts[i], text);
    }
    assert_int_equal(kcl_names_find(&names, "shardId-000000005000"), KCL_NO_NAME);
    assert_int_equal(kcl_names_add(&names, ""), 5000);
    kcl_names_clear(&names);
    assert_int_equal(kcl_names_find(&names, ""), KCL_NO_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_numbered_in_order_of_arrival),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
