/* main.c - the program is the library. */
#include <malloc.h>

#include "cli.h"

/* Each run needs what the one before it has freed. Without this the C library gives the memory back to the system and
 * fetches it again page by page: ten times the page faults of a sweep of short runs, a twentieth of its time. */
static void keep_freed_memory(void)
{
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

int main(int argc, char **argv)
{
    keep_freed_memory();
    return cli_main(argc, argv);
}
