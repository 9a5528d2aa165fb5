/* make_tables.c - writes sim/engine/ziggurat_tables.c and sim/engine/dmath_tables.h, in quadruple
 * precision. It is not part of the build: the tables are committed, because they are part of what a
 * result means. To make them again (gcc on x86-64):
 *
 *   gcc -O1 tests/engine/make_tables.c -o make_tables -lquadmath
 *   ./make_tables ziggurat > sim/engine/ziggurat_tables.c
 *   ./make_tables dmath > sim/engine/dmath_tables.h
 */
#include <quadmath.h>
#include <stdio.h>
#include <string.h>

#define STRIPS 256
typedef __float128 quad;

/* A density on x >= 0 without its factor, its inverse, and its integral from x on. */
struct law {
    const char *name;
    quad (*f)(quad);
    quad (*inverse)(quad);
    quad (*beyond)(quad);
};

static quad exp_f(quad x)
{
    return expq(-x);
}

static quad exp_inverse(quad y)
{
    return -logq(y);
}

static quad normal_f(quad x)
{
    return expq(-x * x / 2);
}

static quad normal_inverse(quad y)
{
    return sqrtq(-2 * logq(y));
}

static quad normal_beyond(quad x)
{
    return sqrtq(M_PIq / 2) * erfcq(x / sqrtq(2));
}

static const struct law LAWS[] = {{"exponential", exp_f, exp_inverse, exp_f},
                                  {"normal", normal_f, normal_inverse, normal_beyond}};

/* Stacks strips of equal area on the base strip that ends at r: what is missing at the top (f = 1),
 * or -1 when they overshoot it. x[255] = r … x[1], x[0] = width of the base strip as if it were a
 * rectangle. */
static quad stack(const struct law *law, quad r, quad x[STRIPS])
{
    quad area = r * law->f(r) + law->beyond(r);
    x[0] = area / law->f(r);
    x[STRIPS - 1] = r;
    for (int i = STRIPS - 1; i > 1; i--) {
        quad y = law->f(x[i]) + area / x[i];
        if (y >= 1)
            return -1;
        x[i - 1] = law->inverse(y);
    }
    return 1 - (law->f(x[1]) + area / x[1]);
}

static void ziggurat(const struct law *law)
{
    quad low = 3, high = 9, x[STRIPS];
    for (int step = 0; step < 200; step++) {
        quad r = (low + high) / 2;
        if (stack(law, r, x) < 0)
            low = r;
        else
            high = r;
    }
    stack(law, high, x);
    printf("\nconst double ziggurat_%s_tail = %a;\n", law->name, (double)high);
    printf("const uint64_t ziggurat_%s_k[%d] = {", law->name, STRIPS);
    for (int i = 0; i < STRIPS; i++) {
        quad below = i == 0 ? x[STRIPS - 1] : i == 1 ? 0 : x[i - 1];
        printf("%s0x%014llx,", i % 5 == 0 ? "\n    " : " ",
               (unsigned long long)(below / x[i] * 0x1p53Q));
    }
    printf("\n};\nconst double ziggurat_%s_w[%d] = {", law->name, STRIPS + 1);
    for (int i = 0; i <= STRIPS; i++)
        printf("%s%a,", i % 4 == 0 ? "\n    " : " ", i == 0 ? 0.0 : (double)(x[i % STRIPS] * 0x1p-53Q));
    printf("\n};\nconst double ziggurat_%s_f[%d] = {", law->name, STRIPS);
    for (int i = 0; i < STRIPS; i++)
        printf("%s%a,", i % 4 == 0 ? "\n    " : " ", i == 0 ? 1.0 : (double)law->f(x[i]));
    printf("\n};\n");
}

/* The leading `bits` bits, so that a product with an integer of 53 - bits bits is exact. */
static double head(quad x, int bits)
{
    int e;
    quad m = frexpq(x, &e);
    return (double)ldexpq(truncq(ldexpq(m, bits)), e - bits);
}

static void split(const char *name, quad x, int parts, int bits)
{
    for (int i = 1; i <= parts; i++) {
        double h = i < parts || bits == 33 ? head(x, bits) : (double)x;
        printf("#define %s_%d %a\n", name, i, h);
        x -= h;
    }
}

/* zeta(k) - 1 by Euler and Maclaurin. */
static quad zeta_minus_1(int k)
{
    quad sum = 0, n = 40;
    for (int i = 2; i < 40; i++)
        sum += powq(i, -k);
    sum += powq(n, 1 - k) / (k - 1) + powq(n, -k) / 2;
    static const quad b[] = {1.0Q / 6,  -1.0Q / 30,        1.0Q / 42, -1.0Q / 30,
                             5.0Q / 66, -691.0Q / 2730.0Q, 7.0Q / 6};
    quad term = k * powq(n, -k - 1) / 2;
    for (int j = 0; j < 7; j++) {
        sum += b[j] * term;
        term *=
            (quad)(k + 2 * j + 1) * (k + 2 * j + 2) / ((quad)(2 * j + 3) * (2 * j + 4)) / (n * n);
    }
    return sum;
}

static void dmath(void)
{
    quad gamma = 0.57721566490153286060651209008240243104Q;
    split("LN2", M_LN2q, 3, 40);
    split("LN2_32", M_LN2q / 32, 3, 36);
    split("HALF_PI", M_PI_2q, 3, 33);
    printf("#define HALF_PI_4 %a\n",
           (double)8.4784276603688995699736538e-32Q); /* quad has too few digits of pi/2 */
    split("ONE_MINUS_GAMMA", 1 - gamma, 2, 53);
    split("LGAMMA_SQUARE", (M_PIq * M_PIq / 6 - 1) / 2, 2, 53);
    split("STIRLING", logq(2 * M_PIq) / 2, 2, 53);
    split("THIRD", 1.0Q / 3, 2, 53);
    printf("\n/* 2^(i/32), the rounded value and what is missing. */\n");
    printf("static const double exp2_32[32][2] = {\n");
    for (int i = 0; i < 32; i++) {
        quad x = exp2q(i / 32.0Q);
        printf("    {%a, %a},\n", (double)x, (double)(x - (double)x));
    }
    printf("};\n\n/* (-1)^k (zeta(k) - 1) / k, k = 3, 4, …: lgamma(2 + z) beyond its square term. "
           "*/\n");
    printf("static const double lgamma_2[30] = {\n");
    for (int k = 3; k < 33; k++)
        printf("    %a,\n", (double)((k % 2 ? -1 : 1) * zeta_minus_1(k) / k));
    printf("};\n");
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "ziggurat") == 0) {
        printf(
            "/* ziggurat_tables.c - made by tests/engine/make_tables.c; not to be edited.\n"
            " * Strip i >= 1 spans 0 … x[i] = 2^53 w[i] and is accepted below 2^53 x[i-1] / x[i] = "
            "k[i];\n"
            " * strip 0 is the base with the tail, and its width is w[256]. f[i] = density at x[i] without its "
            "factor. */\n"
            "#include \"ziggurat_tables.h\"\n");
        ziggurat(&LAWS[0]);
        ziggurat(&LAWS[1]);
    } else if (strcmp(what, "dmath") == 0) {
        printf("/* dmath_tables.h - made by tests/engine/make_tables.c; not to be edited.\n"
               " * NAME_1 + NAME_2 + … is the constant; leading parts are short: their products "
               "are exact. */\n"
               "#ifndef DMATH_TABLES_H\n#define DMATH_TABLES_H\n\n");
        dmath();
        printf("\n#endif\n");
    } else {
        fprintf(stderr, "make_tables ziggurat|dmath\n");
        return 64;
    }
    return 0;
}
