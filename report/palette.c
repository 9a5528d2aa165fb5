/* palette.c - the tables behind palette.h. */
#include "palette.h"

static const struct role roles[ROLE_N] = {
    [ROLE_COUPLED] = {0xD55E00, 0xB04E00, DASH_LONG, SHAPE_SQUARE},
    [ROLE_DECOUPLED] = {0x0072B2, 0x0072B2, DASH_SOLID, SHAPE_DISC},
    [ROLE_THIRD] = {0x009E73, 0x007553, DASH_SHORT, SHAPE_TRIANGLE},
    [ROLE_FOURTH] = {0xCC79A7, 0x9A4574, DASH_DOT, SHAPE_DIAMOND},
    [ROLE_FIFTH] = {0xE69F00, 0x8A5F00, DASH_LONG, SHAPE_RING},
    [ROLE_SIXTH] = {0x56B4E9, 0x1B6E9E, DASH_SHORT, SHAPE_CROSS},
    [ROLE_PLAIN] = {0x1F1F1F, 0x1F1F1F, DASH_SOLID, SHAPE_DISC},
};

const struct role *role_of(size_t name)
{
    return &roles[name < ROLE_N ? name : ROLE_THIRD + (name - ROLE_N) % 4];
}

const struct fate_ink fate_ink[4] = {
    {"in time", 0xCFE6DC, 0x1F1F1F},
    {"late", 0xE69F00, 0x1F1F1F},
    {"waiting", 0x56B4E9, 0x1F1F1F},
    {"lost", 0x262626, 0xFFFFFF},
};
