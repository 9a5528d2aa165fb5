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

const struct ramp_ink ramp_ink[RAMP_STEPS] = {
    {0xDCE9F5, 0x1F1F1F}, {0xC6DCEF, 0x1F1F1F}, {0xABCFE6, 0x1F1F1F}, {0x8BBEDD, 0x1F1F1F}, {0x69ABD3, 0x1F1F1F},
    {0x4A96C8, 0x1F1F1F}, {0x2A74AD, 0xFFFFFF}, {0x1A629F, 0xFFFFFF}, {0x0B4D8C, 0xFFFFFF}, {0x083672, 0xFFFFFF},
};

size_t ramp_step(double share)
{
    return share > 0 ? share < 1 ? (size_t)(share * RAMP_STEPS) : RAMP_STEPS - 1 : 0;
}

uint32_t ramp_shade(size_t shade)
{
    double at = (double)(shade < RAMP_SHADES ? shade : RAMP_SHADES - 1) / (RAMP_SHADES - 1) * (RAMP_STEPS - 1);
    size_t step = (size_t)at < RAMP_STEPS - 1 ? (size_t)at : RAMP_STEPS - 2;
    uint32_t rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        double a = ramp_ink[step].fill >> shift & 255, b = ramp_ink[step + 1].fill >> shift & 255;
        rgb |= (uint32_t)(a + (b - a) * (at - (double)step) + 0.5) << shift;
    }
    return rgb;
}
