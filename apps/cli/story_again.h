/* story_again.h - why a message came again. For story_again.c and story_judge.c. */
#ifndef STORY_AGAIN_H
#define STORY_AGAIN_H

#include "story.h"

enum ending { /* of one receive, before the next one */
    END_WORKING,
    END_HUNG,
    END_IN_HAND,
    END_CRASHED,
    END_DIED_DONE,
    END_FAILED,
    END_RETURNED,
    END_COLLECTED,
    END_NOT_DELETED,
    END_ECHO,
    END_UNSEEN,
    END_GHOST,
    END_REDRIVEN,
    ENDINGS
};

struct again { /* a message came again */
    enum ending ending;
    size_t      before, at; /* the receives: of the ending, and of coming again */
    size_t      cause;      /* the event that tells most of it */
};

#define AGAIN_MAX 64
/* All times that it came again; their number. */
size_t again_find(const struct story *, struct again out[AGAIN_MAX]);
/* "fleet.f[0] had died over it"; returns the rule. */
const char *again_reason(const struct story *, const struct again *, char *text, size_t size);

static inline const struct life_event *event(const struct story *s, size_t i)
{
    return &s->life.event[i];
}

#endif
