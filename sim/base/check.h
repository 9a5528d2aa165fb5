/* check.h - assertions that stay on. A failed CHECK is a bug of this program: it prints the place and the
 * line that brings the run back, and ends the process with exit code 70. */
#ifndef CHECK_H
#define CHECK_H

/* Called by a failed CHECK after its own message, to print the reproduction line; set once by the program
 * before threads start. NULL: nothing more is printed. */
extern void (*check_reproduce)(void);

_Noreturn void check_fail(const char *file, int line, const char *what);

#define CHECK(cond) (__builtin_expect(!(cond), 0) ? check_fail(__FILE__, __LINE__, #cond) : (void)0)

/* Checks that cost too much for a release build. */
#ifdef NDEBUG
#define CHECK_SLOW(cond) ((void)0)
#else
#define CHECK_SLOW(cond) CHECK(cond)
#endif

/* For small functions on the way of every event. The compiler's own judgement depends on how much it has inlined
 * elsewhere in the program: it would change with code that has nothing to do with them. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* For the functions into which those are inlined: what most events go through. They stand side by side in the program, so that none
 * takes another's place in the cache of instructions, as two do that lie just so far from each other. */
#define EVERY_WAY __attribute__((hot))

#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define ARRAY_LEN(a)                    (sizeof(a) / sizeof((a)[0]))

#endif
