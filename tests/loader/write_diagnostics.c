/* write_diagnostics.c - docs/reference/diagnostics.md, from the table of codes: `ninja reference`
 * writes it, a test compares. */
#include <stdio.h>

#include "advice.h"
#include "codes.h"

static void write_advice(void)
{
    const struct advice *x;
    printf("\n# Advice\n\n"
           "What `afterbay check` says of a scenario that is free of errors: settings that are each right, and together do harm. Each\n"
           "piece has a small scenario that shows the harm, and one in which it is mended: "
           "[scenarios/advice](../../scenarios/advice/README.md).\n"
           "Advice is a warning. What is known and accepted is silenced in the scenario, everywhere or of one entity:\n"
           "`run = { quiet = [ \"AB0506\", \"AB0510 queue.orders\" ]; };`.\n");
    for (size_t i = 0; (x = advice_at(i)) != NULL; i++)
        printf("\n## AB%04d: %s\n\n%s\n\n- Rule: %s.\n- To see it: %s\n- To mend it: %s\n- Scenario: "
               "[AB%04d-%s.cfg](../../scenarios/advice/AB%04d-%s.cfg), mended: [AB%04d-mended.cfg](../../scenarios/advice/AB%04d-mended.cfg)\n",
               x->code, x->title, x->why, x->rule, x->see, x->mend, x->code, x->name, x->code, x->name, x->code, x->code);
}

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
    write_advice();
    return 0;
}
