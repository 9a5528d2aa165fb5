/* Hashes are part of what a result means: their values are pinned to published vectors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "hash.h"

/* splitmix64 adds the golden ratio and finalizes: its published outputs are values of hash_mix. */
static void mix_is_the_finalizer_of_splitmix64(void **state)
{
    (void)state;
    const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
    assert_true(hash_mix(golden) == UINT64_C(0xe220a8397b1dcdaf));
    assert_true(hash_mix(1234567 + golden) == UINT64_C(6457827717110365317));
    assert_true(hash_mix(1234567 + 2 * golden) == UINT64_C(3203168211198807973));
    assert_true(hash_mix(0) == 0);
}

/* FNV-1a's published vectors ("" cbf29ce484222325, "a" af63dc4c8601ec8c, "foobar"
 * 85944171f73967e8), then mixed. */
static void bytes_are_fnv_1a_mixed(void **state)
{
    (void)state;
    assert_true(hash_text("") == hash_mix(UINT64_C(0xcbf29ce484222325)));
    assert_true(hash_text("a") == hash_mix(UINT64_C(0xaf63dc4c8601ec8c)));
    assert_true(hash_text("foobar") == hash_mix(UINT64_C(0x85944171f73967e8)));
    /* The same by an independent program. */
    assert_true(hash_text("foobar") == UINT64_C(0x404da9e3b74078c2));
    assert_true(hash_bytes("a\0b", 3) == UINT64_C(0xeb38c838c62d597e));
    assert_true(hash_bytes("foobarbaz", 6) == hash_text("foobar"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mix_is_the_finalizer_of_splitmix64),
        cmocka_unit_test(bytes_are_fnv_1a_mixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
