/* jsonget.c - jsonget FILE a.b.0.c: prints one value of a JSON file; 1 when the file is no JSON or has no such value. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *down(json_t *at, const char *name)
{
    return json_is_array(at) ? json_array_get(at, (size_t)strtoul(name, NULL, 10)) : json_object_get(at, name);
}

int main(int argc, char **argv)
{
    json_error_t error;
    if (argc != 3)
        return 64;
    json_t *root = json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        fprintf(stderr, "%s:%d: %s\n", argv[1], error.line, error.text);
        return 1;
    }
    json_t *at = root;
    for (char *name = strtok(argv[2], "."); name != NULL && at != NULL; name = strtok(NULL, "."))
        at = down(at, name);
    char *text = at == NULL ? NULL : json_dumps(at, JSON_ENCODE_ANY | JSON_COMPACT);
    if (json_is_string(at))
        puts(json_string_value(at));
    else if (text != NULL)
        puts(text);
    int code = at == NULL;
    free(text);
    json_decref(root);
    return code;
}
