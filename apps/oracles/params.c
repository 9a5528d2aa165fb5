/* params.c - a row's parameters, and service laws in this program's spelling. */
#define _GNU_SOURCE /* strtod_l */
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "oracle.h"

bool number_parse(const char *text, double *x)
{
    char *end;
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return false;
    *x = strtod_l(text, &end, plain);
    freelocale(plain);
    return end != text && *end == '\0';
}

bool starts_with(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Finds "name=value" among items split at `separator` outside parentheses. */
static bool item_text(const char *list, char separator, const char *name, char *out, size_t size)
{
    size_t length = strlen(name);
    int depth = 0;
    const char *start = list;
    for (const char *p = list;; p++) {
        depth += (*p == '(') - (*p == ')');
        if (*p != '\0' && (*p != separator || depth > 0))
            continue;
        if ((size_t)(p - start) > length && strncmp(start, name, length) == 0 && start[length] == '=') {
            snprintf(out, size, "%.*s", (int)(p - start - (int)length - 1), start + length + 1);
            return true;
        }
        if (*p == '\0')
            return false;
        start = p + 1;
    }
}

bool param_text(const struct row *row, const char *name, char *out, size_t size)
{
    return item_text(row->params, ';', name, out, size);
}

bool param_number(const struct row *row, const char *name, double *x)
{
    char text[64];
    return param_text(row, name, text, sizeof text) && number_parse(text, x);
}

const char *seconds_text(double s, char out[32])
{
    snprintf(out, 32, "%lldns", (long long)llround(s * 1e9));
    return out;
}

/* Rates are exact fractions of 64 bits: nine decimals a second, or five a day. */
const char *rate_text(double per_second, char out[32])
{
    if (per_second >= 0.1 || per_second == 0)
        snprintf(out, 32, "%.9f/s", per_second);
    else
        snprintf(out, 32, "%.5f/d", 86400 * per_second);
    return out;
}

/* A law's arguments: by name, or the n-th by position. */
static bool law_number(const char *args, const char *name, int position, double *x)
{
    char text[64];
    if (item_text(args, ',', name, text, sizeof text))
        return number_parse(text, x);
    const char *p = args;
    for (; position > 0; position--) {
        p = strchr(p, ',');
        if (p == NULL)
            return false;
        p++;
    }
    snprintf(text, sizeof text, "%.*s", (int)strcspn(p, ","), p);
    return number_parse(text, x);
}

struct law {
    const char *name, *argument[3]; /* names in order of position */
    const char *spelling;           /* %1 %2 %3: argument as a number; @1: as a duration */
};
static const struct law laws[] = {
    {"exp", {"mean"}, "exponential(@1)"},
    {"det", {"value"}, "constant(@1)"},
    {"erlang", {"k", "mean"}, "erlang(k=%1, mean=@2)"},
    {"h2", {"p", "mean1", "mean2"}, "hyperexponential(p=%1, mean1=@2, mean2=@3)"},
    {"gamma", {"shape", "mean"}, "gamma(shape=%1, mean=@2)"},
    {"weibull", {"shape", "mean"}, "weibull(shape=%1, mean=@2)"},
    {"pareto", {"alpha", "mean"}, "pareto(alpha=%1, mean=@2)"},
    {"uniform", {"a", "b"}, "uniform(@1, @2)"},
    {"lognormal", {"mean", "scv"}, "lognormal(mean=@1, cv=%2)"},
    {"bimodal", {"p", "a", "b"}, "mixture(%1: constant(@2), %3: constant(@3))"},
};

static void spell(const struct law *law, const double x[3], char *out, size_t size)
{
    size_t n = 0;
    for (const char *p = law->spelling; *p != '\0' && n + 32 < size; p++) {
        if (*p == '@')
            n += (size_t)snprintf(out + n, size - n, "%lldns", (long long)llround(x[*++p - '1'] * 1e9));
        else if (*p == '%')
            n += (size_t)snprintf(out + n, size - n, "%.12g", x[*++p - '1']);
        else
            out[n++] = *p;
    }
    out[n] = '\0';
}

bool param_law(const struct row *row, const char *name, char *out, size_t size)
{
    char text[128];
    return param_text(row, name, text, sizeof text) && law_text(text, out, size);
}

double param_law_mean(const char *law)
{
    double a, b, c;
    if (sscanf(law, "erlang(k=%lf,mean=%lf)", &a, &b) == 2 || sscanf(law, "gamma(shape=%lf,mean=%lf)", &a, &b) == 2 ||
        sscanf(law, "weibull(shape=%lf,mean=%lf)", &a, &b) == 2 ||
        sscanf(law, "pareto(alpha=%lf,mean=%lf)", &a, &b) == 2)
        return b;
    if (sscanf(law, "h2(p=%lf,mean1=%lf,mean2=%lf)", &a, &b, &c) == 3 ||
        sscanf(law, "bimodal(p=%lf,a=%lf,b=%lf)", &a, &b, &c) == 3)
        return a * b + (1 - a) * c;
    if (sscanf(law, "uniform(%lf,%lf)", &a, &b) == 2)
        return (a + b) / 2;
    if (sscanf(law, "det(%lf)", &a) == 1 || sscanf(law, "exp(mean=%lf)", &a) == 1 ||
        sscanf(law, "lognormal(mean=%lf", &a) == 1)
        return a;
    return NAN;
}

bool law_text(const char *law_of_row, char *out, size_t size)
{
    char text[128];
    snprintf(text, sizeof text, "%s", law_of_row);
    size_t length = strcspn(text, "(");
    if (text[length] != '(' || text[strlen(text) - 1] != ')')
        return false;
    text[length] = text[strlen(text) - 1] = '\0';
    const char *args = text + length + 1;
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        const struct law *law = &laws[i];
        double x[3] = {0, 0, 0};
        if (strcmp(text, law->name) != 0)
            continue;
        for (int k = 0; k < 3 && law->argument[k] != NULL; k++) {
            if (!law_number(args, law->argument[k], k, &x[k]))
                return false;
        }
        if (strcmp(law->name, "lognormal") == 0)
            x[1] = sqrt(x[1]);
        if (strcmp(law->name, "bimodal") == 0) {
            snprintf(out, size, "mixture(%.12g%%: constant(%lldns), %.12g%%: constant(%lldns))", 100 * x[0],
                     (long long)llround(x[1] * 1e9), 100 * (1 - x[0]), (long long)llround(x[2] * 1e9));
            return true;
        }
        spell(law, x, out, size);
        return true;
    }
    return false;
}
