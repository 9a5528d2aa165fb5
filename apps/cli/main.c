/* main.c - the program is the library. */
#include "cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
