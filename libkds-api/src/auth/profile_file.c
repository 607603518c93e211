/*
 * profile_file: two paths, two reads, one generation.
 */
#include "auth/profile_file.h"

#include "auth/small_file.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define READ_TRIES 3

static const char *given(const char *text)
{
    return text != NULL && text[0] != 0 ? text : NULL;
}

bool kds_path_expand(const char *path, const char *home, char *out, size_t size)
{
    bool tilde = path[0] == '~' && (path[1] == 0 || path[1] == '/') && home[0] != 0;
    int n = snprintf(out, size, "%s%s", tilde ? home : "", tilde ? path + 1 : path);
    return n >= 0 && (size_t)n < size;
}

static kds_err_t find(const char *set,
                      const char *name,
                      const char *home,
                      char out[KDS_PATH_BYTES],
                      kds_error_t **error)
{
    char dflt[32];
    snprintf(dflt, sizeof dflt, "~/.aws/%s", name);
    out[0] = 0;
    if (given(set) == NULL && home[0] == 0) {
        return KDS_OK; /* nowhere to look */
    }
    if (!kds_path_expand(given(set) ? set : dflt, home, out, KDS_PATH_BYTES)) {
        return kds_error_set(error, KDS_ERR_CONFIG,
                             "the path of the shared %s file is longer than %d bytes",
                             name, KDS_PATH_BYTES - 1);
    }
    return KDS_OK;
}

kds_err_t kds_profile_paths_find(kds_getenv_fn *env,
                                 struct kds_profile_paths *paths,
                                 kds_error_t **error)
{
    const char *home = given(env("HOME"));
    int n = snprintf(paths->home, sizeof paths->home, "%s", home ? home : "");
    if (n < 0 || (size_t)n >= sizeof paths->home) {
        return kds_error_set(error, KDS_ERR_CONFIG, "HOME is longer than %d bytes",
                             KDS_PATH_BYTES - 1);
    }
    kds_err_t rc =
        find(env("AWS_CONFIG_FILE"), "config", paths->home, paths->config, error);
    if (rc == KDS_OK) {
        rc = find(env("AWS_SHARED_CREDENTIALS_FILE"), "credentials", paths->home,
                  paths->credentials, error);
    }
    return rc;
}

/* One file and what kept it from being read. */
struct attempt {
    struct kds_small_file file;
    kds_error_t *error;
};

static void attempt_clear(struct attempt *a)
{
    kds_small_file_clear(&a->file);
    kds_error_free(a->error);
    a->error = NULL;
}

static kds_err_t attempt_read(struct attempt *a, const char *path)
{
    attempt_clear(a);
    return path[0] != 0 ? kds_small_file_read(path, KDS_PROFILE_FILE_BYTES_MAX, &a->file,
                                              &a->error)
                        : KDS_OK;
}

static bool unchanged(const struct attempt *a, const char *path)
{
    return path[0] == 0 || a->error != NULL || kds_small_file_unchanged(path, &a->file);
}

static kds_slice_t bytes_of(const struct attempt *a)
{
    return kds_slice_of(a->file.p, a->file.n);
}

static void
note_problem(struct kds_profiles *p, enum kds_profile_file file, const struct attempt *a)
{
    if (a->file.others_may_write) {
        kds_profiles_set_exposed(p, file);
    }
    if (a->error != NULL) {
        kds_profiles_set_problem(p, file, kds_error_message(a->error));
    }
}

/* Somebody writes them again and again: better no values than those of two generations. */
static kds_err_t parse_nothing(struct kds_profiles **profiles, kds_error_t **error)
{
    const kds_slice_t none = {NULL, 0};
    kds_err_t rc = kds_profiles_parse(none, none, profiles, error);
    if (rc == KDS_OK) {
        kds_profiles_set_problem(*profiles, KDS_FILE_CONFIG, "changes while it is read");
        kds_profiles_set_problem(*profiles, KDS_FILE_CREDENTIALS,
                                 "changes while it is read");
    }
    return rc;
}

kds_err_t kds_profiles_load(const struct kds_profile_paths *paths,
                            struct kds_profiles **profiles,
                            kds_error_t **error)
{
    struct attempt config = {.error = NULL}, credentials = {.error = NULL};
    bool settled = false, short_of_memory = false;
    for (int i = 0; i < READ_TRIES && !settled && !short_of_memory; i++) {
        short_of_memory =
            attempt_read(&config, paths->config) == KDS_ERR_NO_MEMORY ||
            attempt_read(&credentials, paths->credentials) == KDS_ERR_NO_MEMORY;
        settled = unchanged(&config, paths->config) &&
                  unchanged(&credentials, paths->credentials);
    }
    kds_err_t rc = KDS_ERR_NO_MEMORY;
    if (short_of_memory) {
        kds_error_set(error, rc, "out of memory");
    } else if (settled) {
        rc = kds_profiles_parse(bytes_of(&config), bytes_of(&credentials), profiles,
                                error);
    } else {
        rc = parse_nothing(profiles, error);
    }
    if (rc == KDS_OK && settled) {
        note_problem(*profiles, KDS_FILE_CONFIG, &config);
        note_problem(*profiles, KDS_FILE_CREDENTIALS, &credentials);
    }
    attempt_clear(&config);
    attempt_clear(&credentials);
    return rc;
}

const char *kds_profile_name(const char *name, kds_getenv_fn *env)
{
    const char *variable = given(env("AWS_PROFILE"));
    return given(name) ? name : variable ? variable : "default";
}
