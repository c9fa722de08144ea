#ifndef C_RUNTIME_COUNTERS_H
#define C_RUNTIME_COUNTERS_H

#include <stdint.h>

/// What the Swift runtime was asked for since counting began, by all threads of the process. Weak
/// and unowned references and plain memory pass by its hooks.
typedef struct {
    uint64_t objects_allocated;
    /// Calls, whether one retain, several at once, or one of an object that may be going.
    uint64_t retains;
    /// Calls, whether one release or several at once.
    uint64_t releases;
} runtime_counters;

/// Begins to count, from zero. False when the runtime lacks one of the hooks. No other thread may
/// run Swift code meanwhile: the hooks are put in place under its feet.
_Bool runtime_counters_begin(void);

/// Ends counting and gives what was counted.
runtime_counters runtime_counters_end(void);

/// Whether every kind of retain and release is counted, tried on an object that is alive. Not while
/// counting.
_Bool runtime_counters_see(void *object);

/// Bytes of the process's heap in use.
uint64_t heap_bytes_in_use(void);

/// Bytes of the process's memory that are resident, once what is free has been given back to the
/// system, so that its use shows as growth; 0 when the system does not say.
uint64_t resident_bytes(void);

#endif
