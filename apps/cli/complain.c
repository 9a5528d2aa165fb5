/* complain.c - the exit code is that of the first error: a missing file says more than what follows from it. */
#include "complain.h"

#include "cli.h"
#include "render.h"
