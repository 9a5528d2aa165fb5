/* gadget.h - the settings of the test kind. */
#ifndef GADGET_H
#define GADGET_H

enum {
    GADGET_TIME,
    GADGET_WHOLE,
    GADGET_SIZE,
    GADGET_COUNT,
    GADGET_SHARE,
    GADGET_FLAG,
    GADGET_CHOICE,
    GADGET_RATE,
    GADGET_NUMBER,
    GADGET_TEXT,
    GADGET_REF,
    GADGET_LAW,
    GADGET_NUMBERS,
    GADGET_BACKOFF,
    GADGET_GROUP,
    GADGET_PARTS,
    GADGET_TIMES,
    N_GADGET_KEYS
};

#endif
