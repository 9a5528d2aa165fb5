/* dmath_tables.h - made by tests/engine/make_tables.c; not to be edited.
 * NAME_1 + NAME_2 + … is the constant; leading parts are short: their products are exact. */
#ifndef DMATH_TABLES_H
#define DMATH_TABLES_H

#define LN2_1 0x1.62e42fefa2p-1
#define LN2_2 0x1.9ef35793c6p-41
#define LN2_3 0x1.673007e6p-81
#define LN2_32_1 0x1.62e42fefap-6
#define LN2_32_2 0x1.cf79abc9ep-45
#define LN2_32_3 0x1.d9cc01f98p-84
#define HALF_PI_1 0x1.921fb544p+0
#define HALF_PI_2 0x1.0b4611a6p-34
#define HALF_PI_3 0x1.3198a2ep-69
#define HALF_PI_4 0x1.b839a252049c1p-104
#define ONE_MINUS_GAMMA_1 0x1.b0ee6072093cep-2
#define ONE_MINUS_GAMMA_2 0x1.6cb90701fbfabp-58
#define LGAMMA_SQUARE_1 0x1.4a34cc4a60fa6p-2
#define LGAMMA_SQUARE_2 0x1.1873d8912200cp-56
#define STIRLING_1 0x1.d67f1c864beb4p-1
#define STIRLING_2 0x1.4d252f240051p-54
#define THIRD_1 0x1.5555555555555p-2
#define THIRD_2 0x1.5555555555555p-56

/* 2^(i/32), the rounded value and what is missing. */
static const double exp2_32[32][2] = {
    {0x1p+0, 0x0p+0},
    {0x1.059b0d3158574p+0, 0x1.d73e2a475b465p-55},
    {0x1.0b5586cf9890fp+0, 0x1.8a62e4adc610bp-54},
    {0x1.11301d0125b51p+0, -0x1.6c51039449b3ap-54},
    {0x1.172b83c7d517bp+0, -0x1.19041b9d78a76p-55},
    {0x1.1d4873168b9aap+0, 0x1.e016e00a2643cp-54},
    {0x1.2387a6e756238p+0, 0x1.9b07eb6c70573p-54},
    {0x1.29e9df51fdee1p+0, 0x1.612e8afad1255p-55},
    {0x1.306fe0a31b715p+0, 0x1.6f46ad23182e4p-55},
    {0x1.371a7373aa9cbp+0, -0x1.63aeabf42eae2p-54},
    {0x1.3dea64c123422p+0, 0x1.ada0911f09ebcp-55},
    {0x1.44e086061892dp+0, 0x1.89b7a04ef80dp-59},
    {0x1.4bfdad5362a27p+0, 0x1.d4397afec42e2p-56},
    {0x1.5342b569d4f82p+0, -0x1.07abe1db13cadp-55},
    {0x1.5ab07dd485429p+0, 0x1.6324c054647adp-54},
    {0x1.6247eb03a5585p+0, -0x1.383c17e40b497p-54},
    {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54},
    {0x1.71f75e8ec5f74p+0, -0x1.16e4786887a99p-55},
    {0x1.7a11473eb0187p+0, -0x1.41577ee04992fp-55},
    {0x1.82589994cce13p+0, -0x1.d4c1dd41532d8p-54},
    {0x1.8ace5422aa0dbp+0, 0x1.6e9f156864b27p-54},
    {0x1.93737b0cdc5e5p+0, -0x1.75fc781b57ebcp-57},
    {0x1.9c49182a3f09p+0, 0x1.c7c46b071f2bep-56},
    {0x1.a5503b23e255dp+0, -0x1.d2f6edb8d41e1p-54},
    {0x1.ae89f995ad3adp+0, 0x1.7a1cd345dcc81p-54},
    {0x1.b7f76f2fb5e47p+0, -0x1.5584f7e54ac3bp-56},
    {0x1.c199bdd85529cp+0, 0x1.11065895048ddp-55},
    {0x1.cb720dcef9069p+0, 0x1.503cbd1e949dbp-56},
    {0x1.d5818dcfba487p+0, 0x1.2ed02d75b3707p-55},
    {0x1.dfc97337b9b5fp+0, -0x1.1a5cd4f184b5cp-54},
    {0x1.ea4afa2a490dap+0, -0x1.e9c23179c2893p-54},
    {0x1.f50765b6e454p+0, 0x1.9d3e12dd8a18bp-54},
};

/* (-1)^k (zeta(k) - 1) / k, k = 3, 4, …: lgamma(2 + z) beyond its square term. */
static const double lgamma_2[30] = {
    -0x1.13e001a557607p-4,
    0x1.51322ac7d8483p-6,
    -0x1.e404fc218f5f2p-8,
    0x1.7add6eadb6c3p-9,
    -0x1.38ac5c2bf8e08p-10,
    0x1.0b36af86396e9p-11,
    -0x1.d3fd4c76d2fc8p-13,
    0x1.a127b0f17d65ap-14,
    -0x1.78de5bd7c81efp-15,
    0x1.580dcee66eb02p-16,
    -0x1.3cbc963ce2243p-17,
    0x1.2597a39f34aacp-18,
    -0x1.11b2eb7679541p-19,
    0x1.0064cdeb22f0fp-20,
    -0x1.e2600d93cfd2fp-22,
    0x1.c76bbb3f07a4dp-23,
    -0x1.af5a6cbbf8a97p-24,
    0x1.99b93c2070b0fp-25,
    -0x1.862c734df3eacp-26,
    0x1.7469daccfadcdp-27,
    -0x1.6434a8447aeadp-28,
    0x1.555a877ffd2c3p-29,
    -0x1.47b1679258d0ep-30,
    0x1.3b15d2b2fc10cp-31,
    -0x1.2f69a9fabe3ep-32,
    0x1.24932a337434cp-33,
    -0x1.1a7c26ec2523cp-34,
    0x1.11116e693ed98p-35,
    -0x1.08424cbc543d8p-36,
    0x1.000026e3f644fp-37,
};

#endif
