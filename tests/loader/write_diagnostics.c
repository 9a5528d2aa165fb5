/* write_diagnostics.c - docs/reference/diagnostics.md, from the table of codes: `ninja reference`
 * writes it, a test compares. */
#include <stdio.h>

#include "codes.h"

int main(void)
{
    printf("# Diagnostics\n\n"
           "Every message about a scenario has a number, which never changes its meaning. "
           "`afterbay explain AB0203` prints "
           "one\n"
           "of these entries. The exit code is 65 for what is wrong inside a file or in an "
           "override's value, 66 for a file "
           "that\n"
           "is not there, 64 for a wrong command line, 71 when memory is short. Warnings change no "
           "exit code.\n");
    for (size_t i = 0; i < n_codes; i++)
        printf("\n## AB%04d: %s\n\n%s\n\n%s\n", codes[i].number, codes[i].title, codes[i].text,
               codes[i].mend);
    return 0;
}
