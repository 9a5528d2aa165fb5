/* palette.c - the tables behind palette.h. */
#include "palette.h"

static const struct role roles[ROLE_N] = {
    [ROLE_COUPLED] = {0xD55E00, 0xA84A00, DASH_LONG, SHAPE_SQUARE},
    [ROLE_DECOUPLED] = {0x0072B2, 0x00649C, DASH_SOLID, SHAPE_DISC},
    [ROLE_THIRD] = {0x009E73, 0x006B4C, DASH_SHORT, SHAPE_TRIANGLE},
    [ROLE_FOURTH] = {0xCC79A7, 0x93406E, DASH_DOT, SHAPE_DIAMOND},
    [ROLE_FIFTH] = {0xE69F00, 0x7D5600, DASH_LONG, SHAPE_RING},
    [ROLE_SIXTH] = {0x56B4E9, 0x17638F, DASH_SHORT, SHAPE_CROSS},
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
