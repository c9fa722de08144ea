#ifndef C_RUNTIME_COUNTERS_H
#define C_RUNTIME_COUNTERS_H

#include <stdint.h>

/// What the Swift runtime was asked for since counting began, by all threads of the process.
typedef struct {
    uint64_t objects_allocated;
    uint64_t retains;
    uint64_t releases;
} runtime_counters;

/// Begins to count, from zero. False when the runtime offers no hooks. No other thread may run Swift
/// code meanwhile: the hooks are put in place under its feet.
_Bool runtime_counters_begin(void);

/// Ends counting and gives what was counted.
runtime_counters runtime_counters_end(void);

/// Bytes of the process's heap in use.
uint64_t heap_bytes_in_use(void);

#endif
