// Counts what the Swift runtime does, by the hooks that it offers to instruments: function pointers
// through which every retain, release and object allocation goes.
#define _GNU_SOURCE
#include "CRuntimeCounters.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>

typedef void *(*retain_function)(void *);
typedef void (*release_function)(void *);
typedef void *(*allocate_function)(const void *, size_t, size_t);

static retain_function *retain_hook, original_retain;
static release_function *release_hook, original_release;
static allocate_function *allocate_hook, original_allocate;
static runtime_counters counters;

// While this is false the runtime passes the hooks by.
static volatile _Bool *hooks_in_use;
static const char *const hooks_in_use_name =
    "_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly";

static void *counting_retain(void *object) {
    __atomic_fetch_add(&counters.retains, 1, __ATOMIC_RELAXED);
    return original_retain(object);
}

static void counting_release(void *object) {
    __atomic_fetch_add(&counters.releases, 1, __ATOMIC_RELAXED);
    original_release(object);
}

static void *counting_allocate(const void *type, size_t size, size_t alignment_mask) {
    __atomic_fetch_add(&counters.objects_allocated, 1, __ATOMIC_RELAXED);
    return original_allocate(type, size, alignment_mask);
}

_Bool runtime_counters_begin(void) {
    retain_hook = dlsym(RTLD_DEFAULT, "_swift_retain");
    release_hook = dlsym(RTLD_DEFAULT, "_swift_release");
    allocate_hook = dlsym(RTLD_DEFAULT, "_swift_allocObject");
    hooks_in_use = dlsym(RTLD_DEFAULT, hooks_in_use_name);
    if (!retain_hook || !release_hook || !allocate_hook || !hooks_in_use) return 0;
    original_retain = *retain_hook;
    original_release = *release_hook;
    original_allocate = *allocate_hook;
    counters = (runtime_counters){0};
    *retain_hook = counting_retain;
    *release_hook = counting_release;
    *allocate_hook = counting_allocate;
    *hooks_in_use = 1;
    return 1;
}

runtime_counters runtime_counters_end(void) {
    if (hooks_in_use) {
        *hooks_in_use = 0;
        *retain_hook = original_retain;
        *release_hook = original_release;
        *allocate_hook = original_allocate;
    }
    return counters;
}

uint64_t heap_bytes_in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
