/* palette.h - colours with fixed roles: Okabe and Ito's set, which people with any colour vision tell apart. A role has a
 * second code (dash and marker), and a darker ink for text wherever the line's colour would be too pale to read: every
 * text here has a contrast of at least 4.5 on white. */
#ifndef PALETTE_H
#define PALETTE_H

#include <stddef.h>
#include <stdint.h>

#include "plot.h"

#define RGB_TEXT  0x1F1F1Fu
#define RGB_SOFT  0x595959u /* axis labels, subtitles */
#define RGB_AXIS  0x8C8C8Cu
#define RGB_GRID  0xE6E6E6u
#define RGB_FAULT 0xECECECu
#define RGB_SEAM  0xBDBDBDu /* where two faults touch */
#define RGB_WHITE 0xFFFFFFu

struct role {
    uint32_t   line, text;
    enum dash  dash;
    enum shape shape;
};

enum role_name { ROLE_COUPLED, ROLE_DECOUPLED, ROLE_THIRD, ROLE_FOURTH, ROLE_FIFTH, ROLE_SIXTH, ROLE_PLAIN, ROLE_N };
/* Of the colour that the name stands for; indexes beyond the sixth start again at the third. */
const struct role *role_of(size_t name);

/* Fates in their fixed order: in time, late, waiting, lost. What is fine stays pale; what is lost is dark. */
struct fate_ink {
    const char *name;
    uint32_t    fill, text; /* text: readable on fill */
};
extern const struct fate_ink fate_ink[4];

/* From little to full, of one hue, each step clearly darker than the one before; a text on it is readable. */
#define RAMP_STEPS 10
extern const struct ramp_ink {
    uint32_t fill, text;
} ramp_ink[RAMP_STEPS];
/* The step of a share, 0 … RAMP_STEPS - 1; beyond 1 the last. */
size_t ramp_step(double share);
/* The colour of a share in RAMP_SHADES shades, between those of the steps. */
#define RAMP_SHADES 40
uint32_t ramp_shade(size_t shade);

#endif
