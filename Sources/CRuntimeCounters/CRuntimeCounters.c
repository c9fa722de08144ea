// Counts what the Swift runtime does, by the hooks that it offers to instruments: function pointers
// through which every retain, release and object allocation goes.
#define _GNU_SOURCE
#include "CRuntimeCounters.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

typedef void *(*retain_function)(void *);
typedef void *(*retain_n_function)(void *, uint32_t);
typedef void (*release_function)(void *);
typedef void (*release_n_function)(void *, uint32_t);
typedef void *(*allocate_function)(const void *, size_t, size_t);

static retain_function original_retain, original_try_retain;
static retain_n_function original_retain_n;
static release_function original_release;
static release_n_function original_release_n;
static allocate_function original_allocate;
static runtime_counters counters;

static void *counting_retain(void *object) {
    __atomic_fetch_add(&counters.retains, 1, __ATOMIC_RELAXED);
    return original_retain(object);
}

static void *counting_try_retain(void *object) {
    __atomic_fetch_add(&counters.retains, 1, __ATOMIC_RELAXED);
    return original_try_retain(object);
}

static void *counting_retain_n(void *object, uint32_t count) {
    __atomic_fetch_add(&counters.retains, 1, __ATOMIC_RELAXED);
    return original_retain_n(object, count);
}

static void counting_release(void *object) {
    __atomic_fetch_add(&counters.releases, 1, __ATOMIC_RELAXED);
    original_release(object);
}

static void counting_release_n(void *object, uint32_t count) {
    __atomic_fetch_add(&counters.releases, 1, __ATOMIC_RELAXED);
    original_release_n(object, count);
}

static void *counting_allocate(const void *type, size_t size, size_t alignment_mask) {
    __atomic_fetch_add(&counters.objects_allocated, 1, __ATOMIC_RELAXED);
    return original_allocate(type, size, alignment_mask);
}

// A hook of the runtime, what stood there, and what counts in its place.
typedef struct {
    const char *name;
    void **original;
    void *counting;
    void **hook;
} runtime_hook;

static runtime_hook hooks[] = {
    {"_swift_retain", (void **)&original_retain, counting_retain, NULL},
    {"_swift_retain_n", (void **)&original_retain_n, counting_retain_n, NULL},
    {"_swift_tryRetain", (void **)&original_try_retain, counting_try_retain, NULL},
    {"_swift_release", (void **)&original_release, counting_release, NULL},
    {"_swift_release_n", (void **)&original_release_n, counting_release_n, NULL},
    {"_swift_allocObject", (void **)&original_allocate, counting_allocate, NULL},
};
enum { hook_count = sizeof hooks / sizeof *hooks };

// While this is false the runtime passes the hooks by.
static volatile _Bool *hooks_in_use;
static const char *const hooks_in_use_name =
    "_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly";

// Looks the runtime's names up once.
static _Bool find_hooks(void) {
    if (hooks_in_use) return 1;
    for (int i = 0; i < hook_count; i++) {
        hooks[i].hook = dlsym(RTLD_DEFAULT, hooks[i].name);
        if (!hooks[i].hook) return 0;
        *hooks[i].original = *hooks[i].hook;
    }
    hooks_in_use = dlsym(RTLD_DEFAULT, hooks_in_use_name);
    return hooks_in_use != NULL;
}

_Bool runtime_counters_begin(void) {
    if (!find_hooks()) return 0;
    counters = (runtime_counters){0};
    for (int i = 0; i < hook_count; i++) *hooks[i].hook = hooks[i].counting;
    *hooks_in_use = 1;
    return 1;
}

runtime_counters runtime_counters_end(void) {
    if (hooks_in_use) {
        *hooks_in_use = 0;
        for (int i = 0; i < hook_count; i++) *hooks[i].hook = *hooks[i].original;
    }
    return counters;
}

_Bool runtime_counters_see(void *object) {
    retain_function retain = dlsym(RTLD_DEFAULT, "swift_retain");
    retain_function try_retain = dlsym(RTLD_DEFAULT, "swift_tryRetain");
    retain_n_function retain_n = dlsym(RTLD_DEFAULT, "swift_retain_n");
    release_function release = dlsym(RTLD_DEFAULT, "swift_release");
    release_n_function release_n = dlsym(RTLD_DEFAULT, "swift_release_n");
    if (!retain || !try_retain || !retain_n || !release || !release_n) return 0;
    if (!runtime_counters_begin()) return 0;
    retain(object);
    try_retain(object);
    retain_n(object, 2);
    release_n(object, 2);
    release_n(object, 1);
    release(object);
    runtime_counters seen = runtime_counters_end();
    return seen.retains == 3 && seen.releases == 3;
}

uint64_t heap_bytes_in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

uint64_t resident_bytes(void) {
    malloc_trim(0);
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file) return 0;
    unsigned long long all = 0, resident = 0;
    int read = fscanf(file, "%llu %llu", &all, &resident);
    fclose(file);
    return read == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}
